import { ActionIcon, Menu, Switch } from '@mantine/core'
import { IconCopy, IconDots, IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from '@/lib/useTranslation'
import { clock, parseClock, useFormat } from '@/lib/format'
import { copyDay, dayFault, fit, nextWindow, WEEK, windowsOf, withDay, type Window } from '@/lib/hours'
import c from './HoursEditor.module.css'

/** Opening hours of a week: each day open or closed, in one or more windows. `overnight`: a window may end on the next day. */
export function HoursEditor({ label, value, onChange, overnight = false }: { label: string; value: Window[]; onChange: (hours: Window[]) => void; overnight?: boolean }) {
  const { t } = useTranslation()
  const { weekday } = useFormat()

  return (
    <fieldset className={c.root}>
      <legend className={c.legend}>{label}</legend>
      {WEEK.map((day) => {
        const windows = windowsOf(value, day)
        const fault = dayFault(windows)
        const name = weekday(day)
        const set = (next: { start: number; end: number }[]) => onChange(withDay(value, day, next))
        return (
          <div key={day} className={c.day}>
            <div className={c.name}>
              <Switch size="sm" label={name} checked={windows.length > 0} onChange={(event) => set(event.currentTarget.checked ? [nextWindow([])] : [])} />
            </div>
            {windows.length === 0 ? (
              <div className={c.closed}>{t('hours.closed')}</div>
            ) : (
              <div className={c.windows}>
                {windows.map((window, index) => (
                  <div key={index} className={c.window}>
                    <Time label={t('hours.from', { day: name })} value={window.start} onChange={(start) => set(windows.with(index, { ...window, ...fit(start, window.end, overnight) }))} />
                    <span aria-hidden>–</span>
                    <Time label={t('hours.to', { day: name })} value={window.end} onChange={(end) => set(windows.with(index, { ...window, ...fit(window.start, end, overnight) }))} />
                    {window.end > 1440 && <span className={c.next}>{t('hours.nextDay')}</span>}
                    {windows.length > 1 && (
                      <ActionIcon aria-label={t('hours.remove', { day: name })} onClick={() => set(windows.filter((_, other) => other !== index))}>
                        <IconX size={15} />
                      </ActionIcon>
                    )}
                  </div>
                ))}
                {fault && (
                  <div className={c.fault} role="alert">
                    {t(`hours.fault_${fault}`)}
                  </div>
                )}
              </div>
            )}
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon size={34} aria-label={t('hours.more', { day: name })} disabled={windows.length === 0}>
                  <IconDots size={16} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<IconPlus size={15} />} onClick={() => set([...windows, nextWindow(windows)])}>
                  {t('hours.add')}
                </Menu.Item>
                <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => onChange(copyDay(value, day))}>
                  {t('hours.copy')}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </div>
        )
      })}
    </fieldset>
  )
}

function Time({ label, value, onChange }: { label: string; value: number; onChange: (minutes: number) => void }) {
  return (
    <input
      type="time"
      className={c.time}
      aria-label={label}
      value={clock(value % 1440)}
      onChange={(event) => {
        const minutes = parseClock(event.currentTarget.value)
        if (!Number.isNaN(minutes)) onChange(minutes)
      }}
    />
  )
}
