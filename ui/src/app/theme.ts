import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

// one brand hue, everything else neutral
const brand: MantineColorsTuple = ['#e8f8f2', '#d2efe3', '#a6dfc8', '#76ceac', '#4fc095', '#36b886', '#26a877', '#128a5f', '#0b7450', '#045c3e']
const gray: MantineColorsTuple = ['#f8f9fa', '#f2f3f5', '#e8eaed', '#dcdfe4', '#c3c8d0', '#a0a7b2', '#6f7785', '#525a67', '#363c46', '#1e2228']
const dark: MantineColorsTuple = ['#d5d8de', '#b4b9c2', '#959ba6', '#6d7480', '#3b4049', '#2c3037', '#22252b', '#191b20', '#131518', '#0d0e11']

export const theme = createTheme({
  primaryColor: 'brand',
  primaryShade: { light: 8, dark: 8 },
  colors: { brand, gray, dark },
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.25rem' }, h2: { fontSize: '1.0625rem' }, h3: { fontSize: '0.9375rem' } },
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  autoContrast: true,
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false } },
    Badge: { defaultProps: { tt: 'none', fw: 500 } },
    Menu: { defaultProps: { transitionProps: { duration: 100 }, withInitialFocusPlaceholder: false } },
    Modal: { defaultProps: { transitionProps: { duration: 120 }, centered: true } },
  },
})

// Mantine's "light" variant has a contrast of 3.3 to 4.4; a paler ground and darker text make it at least 5.5
const HUES = ['red', 'pink', 'grape', 'violet', 'indigo', 'blue', 'cyan', 'teal', 'green', 'lime', 'yellow', 'orange', 'brand']
// hues whose darkest shade is still bright
const BRIGHT = new Set(['yellow', 'lime', 'orange'])
const readableLight = Object.fromEntries(
  HUES.flatMap((hue) => [
    [`--mantine-color-${hue}-light`, `var(--mantine-color-${hue}-0)`],
    [`--mantine-color-${hue}-light-hover`, `var(--mantine-color-${hue}-1)`],
    [`--mantine-color-${hue}-light-color`, `color-mix(in srgb, var(--mantine-color-${hue}-9) ${BRIGHT.has(hue) ? 62 : 82}%, black)`],
  ]),
)

/** The tokens every component draws with. Both schemes are designed; neither is the other inverted. */
export const resolver: CSSVariablesResolver = () => ({
  variables: {
    '--app-radius': '8px',
    '--app-radius-bubble': '12px',
    '--app-header': '52px',
  },
  light: {
    ...readableLight,
    '--mantine-color-brand-light': '#d2efe3',
    '--mantine-color-dimmed': '#5b6370',
    '--mantine-color-error': '#c01f1f',
    '--mantine-color-placeholder': '#6b7380',
    '--app-bg': '#f8f9fa',
    '--app-surface': '#ffffff',
    '--app-surface-2': '#f2f4f5',
    '--app-border': '#e4e7eb',
    '--app-text-2': '#525a67',
    '--app-brand-text': '#045c3e',
    '--app-selected': '#d9f0e6',
    '--app-bubble-in': '#ffffff',
    '--app-bubble-out': '#d9f5e6',
    '--app-note': '#fff3d6',
    '--app-note-border': '#f0cf85',
    '--app-note-text': '#6b4400',
    '--app-danger': '#c01f1f',
    '--app-danger-bg': '#fdecec',
    '--app-warn-bg': '#fff3d6',
    '--app-warn-text': '#6b4400',
    '--app-tick': '#1668b8',
  },
  dark: {
    '--mantine-color-yellow-light': '#3a2d0c',
    '--mantine-color-yellow-light-color': '#f6d98a',
    '--mantine-color-dimmed': '#a0a7b2',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-placeholder': '#8f96a1',
    '--app-bg': '#131518',
    '--app-surface': '#191b20',
    '--app-surface-2': '#22252b',
    '--app-border': '#2a2e35',
    '--app-text-2': '#a5acb8',
    '--app-brand-text': '#76ceac',
    '--app-selected': '#12362a',
    '--app-bubble-in': '#22252b',
    '--app-bubble-out': '#0f4733',
    '--app-note': '#3a2d0c',
    '--app-note-border': '#6b5316',
    '--app-note-text': '#f6d98a',
    '--app-danger': '#ff8787',
    '--app-danger-bg': '#3a1a1c',
    '--app-warn-bg': '#3a2d0c',
    '--app-warn-text': '#f6d98a',
    '--app-tick': '#74b9ff',
  },
})
