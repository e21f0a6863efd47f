import '@mantine/spotlight/styles.layer.css'
import { createSpotlight, Spotlight, type SpotlightActionData } from '@mantine/spotlight'
import { IconDeviceDesktop, IconKeyboard, IconLogout, IconMoon, IconSearch, IconSun } from '@tabler/icons-react'
import { useMantineColorScheme } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '@/lib/company'
import { fold } from '@/lib/fold'
import { signOut } from '@/lib/pb'
import { NAV, SETTINGS } from './nav'

const [store, spotlight] = createSpotlight()

/** ⌘K: everything that can be gone to or switched, by its name. */
export default function CommandPalette({ company, onClose, onHelp }: { company: string; onClose: () => void; onHelp: () => void }) {
  const navigate = useNavigate()
  const { t } = useTranslation()
  const { can } = useMe()
  const { setColorScheme } = useMantineColorScheme()

  useEffect(() => {
    spotlight.open()
  }, [])

  const go = [...NAV, ...SETTINGS].filter((item) => !item.permission || can(item.permission))
  const actions: SpotlightActionData[] = [
    ...go.map((item) => ({
      id: item.key,
      label: t(`nav.${item.key}`),
      leftSection: <item.icon size={17} stroke={1.6} />,
      onClick: () => void navigate({ to: item.to, params: { company } }),
    })),
    { id: 'light', label: t('theme.useLight'), leftSection: <IconSun size={17} />, onClick: () => setColorScheme('light') },
    { id: 'dark', label: t('theme.useDark'), leftSection: <IconMoon size={17} />, onClick: () => setColorScheme('dark') },
    { id: 'auto', label: t('theme.useAuto'), leftSection: <IconDeviceDesktop size={17} />, onClick: () => setColorScheme('auto') },
    { id: 'help', label: t('hotkeys.title'), leftSection: <IconKeyboard size={17} />, onClick: onHelp },
    { id: 'out', label: t('shell.signOut'), leftSection: <IconLogout size={17} />, onClick: () => signOut(false) },
  ]

  return (
    <Spotlight
      store={store}
      onSpotlightClose={onClose}
      shortcut={null}
      actions={actions}
      filter={(query, shown) => (shown as SpotlightActionData[]).filter((action) => fold(action.label ?? '').includes(fold(query)))}
      nothingFound={t('palette.nothing')}
      highlightQuery
      centered={false}
      yOffset="12vh"
      overlayProps={{ blur: 0 }}
      scrollable
      maxHeight={420}
      searchProps={{ placeholder: t('palette.placeholder'), 'aria-label': t('palette.placeholder'), leftSection: <IconSearch size={18} stroke={1.6} /> }}
    />
  )
}
