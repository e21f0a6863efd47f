import { IconCheck } from '@tabler/icons-react'
import { useId } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import c from './ColorField.module.css'

/** Colours that carry white text and can be told apart. */
export const COLORS = ['#0b7450', '#1864ab', '#5f3dc4', '#a61e4d', '#c92a2a', '#b5520b', '#5c6b00', '#364152'] as const

/** Chooses a colour: some good ones, or any. */
export function ColorField({ label, value, onChange }: { label: string; value: string; onChange: (color: string) => void }) {
  const { t } = useTranslation()
  const name = useId()
  const known = (COLORS as readonly string[]).includes(value)

  return (
    <fieldset className={c.root}>
      <legend className={c.legend}>{label}</legend>
      <div className={c.row}>
        {COLORS.map((color, index) => (
          <label key={color} className={c.swatch} style={{ background: color }}>
            <input type="radio" name={name} aria-label={t('color.number', { number: index + 1 })} checked={value === color} onChange={() => onChange(color)} />
            {value === color && <IconCheck size={16} aria-hidden />}
          </label>
        ))}
        <label className={`${c.swatch} ${c.own}`} style={known || !value ? undefined : { background: value }} title={t('color.own')}>
          <input type="color" aria-label={t('color.own')} value={value || COLORS[0]} onChange={(event) => onChange(event.currentTarget.value)} />
          {!known && value && <IconCheck size={16} aria-hidden />}
        </label>
      </div>
    </fieldset>
  )
}

/** Black or white, whichever is read better on the colour (WCAG relative luminance). */
export function textOn(color: string): '#000' | '#fff' {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
  return 1.05 / (light + 0.05) >= 4.5 ? '#fff' : '#000'
}
