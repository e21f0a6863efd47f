import { VisuallyHidden } from '@mantine/core'
import { useTranslation } from '@/lib/useTranslation'
import { useFormat } from '@/lib/format'
import { change } from '../scale'
import { percent } from '../words'
import c from '../Reports.module.css'

export interface Tile {
  label: string
  /** Written; '–' where there is nothing to say */
  value: string
  detail?: string | undefined
  /** The numbers behind it, of this stretch and of the one before, to be compared */
  now?: number | undefined
  before?: number | undefined
}

/** The figures of the stretch, each with how it moved. */
export function Tiles({ tiles }: { tiles: Tile[] }) {
  return (
    <dl className={c.tiles}>
      {tiles.map((tile) => (
        <div key={tile.label} className={c.tile}>
          <dt>{tile.label}</dt>
          <dd>
            <span className={c.value}>{tile.value}</span>
            <Moved {...tile} />
            {tile.detail && <span className={c.detail}>{tile.detail}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Moved({ now, before }: Tile) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  if (now === undefined || before === undefined) return null
  const by = change(now, before)
  // ten times as much says that there was next to nothing before
  if (by === undefined || Math.abs(by) < 0.005 || by >= 10) return null
  return (
    <span className={c.moved} title={t('tile.before')}>
      <span aria-hidden>{by > 0 ? '▲' : '▼'}</span>
      <VisuallyHidden>{t(by > 0 ? 'tile.more' : 'tile.less', { share: percent(format, Math.abs(by)) })}</VisuallyHidden>
      <span aria-hidden>{percent(format, Math.abs(by))}</span>
    </span>
  )
}
