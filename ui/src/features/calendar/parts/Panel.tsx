import { useTranslation } from '@/lib/useTranslation'
import type { AgendasRecord } from '@/lib/pb-types'
import c from './Panel.module.css'

interface Props {
  agendas: AgendasRecord[]
  shown: Set<string>
  colors: Map<string, string>
  onShown: (ids: string[]) => void
  cancelled: boolean
  onCancelled: (on: boolean) => void
  /** undefined where nothing is listed */
  squeezed: boolean | undefined
  onSqueezed: (on: boolean) => void
  /** undefined where a column per agenda makes no difference */
  split: boolean | undefined
  onSplit: (on: boolean) => void
}

/** Which agendas are shown, in their colours, and how. */
export function Panel({ agendas, shown, colors, onShown, cancelled, onCancelled, squeezed, onSqueezed, split, onSplit }: Props) {
  const { t } = useTranslation('calendar')
  const all = agendas.every((agenda) => shown.has(agenda.id))

  function toggle(id: string, on: boolean) {
    onShown(agendas.filter((agenda) => (agenda.id === id ? on : shown.has(agenda.id))).map((agenda) => agenda.id))
  }

  return (
    <div className={c.root}>
      <fieldset className={c.group}>
        <legend className={c.legend}>{t('panel.agendas')}</legend>
        {agendas.map((agenda) => (
          <div key={agenda.id} className={c.row}>
            <label className={c.pick}>
              <input type="checkbox" className={c.box} checked={shown.has(agenda.id)} style={{ accentColor: colors.get(agenda.id) }} onChange={(event) => toggle(agenda.id, event.currentTarget.checked)} />
              <span className="line">{agenda.name}</span>
            </label>
            {agendas.length > 1 && (
              <button type="button" className={c.only} onClick={() => onShown([agenda.id])} aria-label={t('panel.onlyNamed', { name: agenda.name })}>
                {t('panel.only')}
              </button>
            )}
          </div>
        ))}
        {!all && (
          <button type="button" className={c.all} onClick={() => onShown(agendas.map((agenda) => agenda.id))}>
            {t('panel.all')}
          </button>
        )}
      </fieldset>
      <fieldset className={c.group}>
        <legend className={c.legend}>{t('panel.show')}</legend>
        {split !== undefined && (
          <label className={c.row}>
            <input type="checkbox" className={c.box} checked={split} onChange={(event) => onSplit(event.currentTarget.checked)} />
            {t('panel.split')}
          </label>
        )}
        {squeezed !== undefined && (
          <label className={c.row}>
            <input type="checkbox" className={c.box} checked={squeezed} onChange={(event) => onSqueezed(event.currentTarget.checked)} />
            {t('panel.squeezed')}
          </label>
        )}
        <label className={c.row}>
          <input type="checkbox" className={c.box} checked={cancelled} onChange={(event) => onCancelled(event.currentTarget.checked)} />
          {t('panel.cancelled')}
        </label>
      </fieldset>
    </div>
  )
}
