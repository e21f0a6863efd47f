import { ActionIcon, Button, Group, Modal, SegmentedControl, TextInput } from '@mantine/core'
import { IconCalendarOff, IconClockEdit, IconPencil, IconPlus, IconTrash, IconX } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ErrorState } from '@/components/ErrorState'
import { FormError } from '@/components/FormError'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section } from '@/components/SettingsPage'
import { useCompanyId } from '@/lib/company'
import { listOptions, removeRecord, saveRecord } from '@/lib/data'
import { clock, parseClock, useFormat } from '@/lib/format'
import { dayFault, fit, nextWindow } from '@/lib/hours'
import { pb } from '@/lib/pb'
import type { AgendasRecord, AvailabilityOverridesRecord } from '@/lib/pb-types'
import { queryClient } from '@/lib/query'
import { toast, toastError } from '@/lib/toast'
import c from '../AgendaSettings.module.css'
import { daysBetween } from '../hours'

type Windows = { start: number; end: number }[]

function windowsOf(row: AvailabilityOverridesRecord): Windows {
  return Array.isArray(row.windows) ? (row.windows as [number, number][]).map(([start, end]) => ({ start, end })) : []
}

/** The days on which the weekly hours do not hold: closed, or open at other times. From today on. */
export function Exceptions({ agenda }: { agenda: AgendasRecord }) {
  const { t } = useTranslation('agendas')
  const format = useFormat()
  const [today] = useState(() => format.dayKey(Date.now()))
  const filter = pb.filter('agenda = {:agenda} && date >= {:today}', { agenda: agenda.id, today })
  const rows = useQuery(listOptions('availability_overrides', { filter, sort: 'date', perPage: 500 }))
  const [open, setOpen] = useState<AvailabilityOverridesRecord | 'new'>()
  const remove = useMutation({
    mutationFn: (row: AvailabilityOverridesRecord) => removeRecord('availability_overrides', row.id),
    onSuccess(_, row) {
      const { company, agenda: place, date, windows, reason } = row
      toast(t('exceptions.removed'), { label: t('undo'), run: () => void saveRecord('availability_overrides', undefined, { company, agenda: place, date, windows, reason }).then(refresh, (error: unknown) => toastError(error)) })
      void refresh()
    },
    onError: (error) => toastError(error),
  })
  const shown = (date: string) => new Intl.DateTimeFormat(format.locale, { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }).format(new Date(`${date}T00:00:00Z`))

  return (
    <Section
      title={t('exceptions.title')}
      text={t('exceptions.text')}
      action={
        <Button variant="default" leftSection={<IconPlus size={15} />} onClick={() => setOpen('new')}>
          {t('exceptions.add')}
        </Button>
      }
    >
      {rows.error ? (
        <ErrorState error={rows.error} onRetry={() => void rows.refetch()} />
      ) : !rows.data ? (
        <ListSkeleton rows={2} />
      ) : rows.data.items.length === 0 ? (
        <span className={c.meta}>{t('exceptions.empty')}</span>
      ) : (
        <ul className={c.rows}>
          {rows.data.items.map((row) => {
            const windows = windowsOf(row)
            return (
              <li key={row.id} className={c.row}>
                {windows.length === 0 ? <IconCalendarOff size={18} stroke={1.6} aria-hidden /> : <IconClockEdit size={18} stroke={1.6} aria-hidden />}
                <span className={c.who}>
                  <span className={c.name}>{shown(row.date)}</span>
                  <span className={c.meta}>{[windows.length === 0 ? t('exceptions.closed') : windows.map(({ start, end }) => `${format.minutes(start)}–${format.minutes(end % 1440)}`).join(', '), row.reason].filter(Boolean).join(' · ')}</span>
                </span>
                <ActionIcon size={32} aria-label={t('exceptions.edit', { date: shown(row.date) })} onClick={() => setOpen(row)}>
                  <IconPencil size={16} />
                </ActionIcon>
                <ActionIcon size={32} aria-label={t('exceptions.remove', { date: shown(row.date) })} onClick={() => remove.mutate(row)}>
                  <IconTrash size={16} />
                </ActionIcon>
              </li>
            )
          })}
        </ul>
      )}
      {open && <ExceptionDialog agenda={agenda} row={open === 'new' ? undefined : open} today={today} taken={rows.data?.items.map((row) => row.date) ?? []} onClose={() => setOpen(undefined)} />}
    </Section>
  )
}

function refresh(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ['availability_overrides', 'list'] })
}

function ExceptionDialog({ agenda, row, today, taken, onClose }: { agenda: AgendasRecord; row: AvailabilityOverridesRecord | undefined; today: string; taken: string[]; onClose: () => void }) {
  const { t } = useTranslation('agendas')
  const company = useCompanyId()
  const id = useId()
  const [date, setDate] = useState(row?.date ?? today)
  const [until, setUntil] = useState('')
  const [windows, setWindows] = useState<Windows>(() => (row ? windowsOf(row) : []))
  const [reason, setReason] = useState(row?.reason ?? '')
  const dates = row ? [date] : daysBetween(date, until > date ? until : date)
  const clash = dates.some((day) => day !== row?.date && taken.includes(day))
  const wrong = dayFault(windows)
  const problem = !date ? t('exceptions.dateMissing') : clash ? t('exceptions.clash') : until && until < date ? t('exceptions.untilWrong') : undefined

  const save = useMutation({
    async mutationFn() {
      const body = { company, agenda: agenda.id, windows: windows.map(({ start, end }) => [start, end]), reason: reason.trim() }
      try {
        for (const day of dates) await saveRecord('availability_overrides', row?.id, { ...body, date: day })
      } finally {
        await refresh()
      }
    },
    onSuccess() {
      toast(t('app:common.saved'))
      onClose()
    },
  })

  return (
    <Modal opened onClose={onClose} title={row ? t('exceptions.change') : t('exceptions.new')} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      <form
        className={c.fields}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (!problem && !wrong) save.mutate()
        }}
      >
        <div className={c.pair}>
          <div>
            <label className={c.label} htmlFor={`${id}-date`}>
              {t('exceptions.date')}
            </label>
            <input id={`${id}-date`} type="date" className={c.input} value={date} min={today} required data-autofocus autoFocus onChange={(event) => setDate(event.currentTarget.value)} />
          </div>
          {!row && (
            <div>
              <label className={c.label} htmlFor={`${id}-until`}>
                {t('exceptions.until')}
              </label>
              <input id={`${id}-until`} type="date" className={c.input} value={until} min={date} onChange={(event) => setUntil(event.currentTarget.value)} />
            </div>
          )}
        </div>
        <SegmentedControl
          fullWidth
          aria-label={t('exceptions.how')}
          value={windows.length === 0 ? 'closed' : 'open'}
          onChange={(value) => setWindows(value === 'closed' ? [] : [nextWindow([])])}
          data={[
            { value: 'closed', label: t('exceptions.closed') },
            { value: 'open', label: t('exceptions.other') },
          ]}
        />
        {windows.length > 0 && (
          <div className={c.windows}>
            {windows.map((window, index) => (
              <div key={index} className={c.window}>
                <Clock label={t('exceptions.from')} value={window.start} onChange={(start) => setWindows(windows.with(index, fit(start, window.end, true)))} />
                <span aria-hidden>–</span>
                <Clock label={t('exceptions.to')} value={window.end} onChange={(end) => setWindows(windows.with(index, fit(window.start, end, true)))} />
                {window.end > 1440 && <span className={c.meta}>{t('app:hours.nextDay')}</span>}
                {windows.length > 1 && (
                  <ActionIcon aria-label={t('exceptions.drop')} onClick={() => setWindows(windows.filter((_, other) => other !== index))}>
                    <IconX size={15} />
                  </ActionIcon>
                )}
              </div>
            ))}
            {wrong && (
              <div className={c.fault} role="alert">
                {t(`app:hours.fault_${wrong}`)}
              </div>
            )}
            <div>
              <Button variant="subtle" size="compact-sm" leftSection={<IconPlus size={14} />} onClick={() => setWindows([...windows, nextWindow(windows)])}>
                {t('exceptions.more')}
              </Button>
            </div>
          </div>
        )}
        <TextInput label={t('exceptions.reason')} placeholder={t('exceptions.reasonHint')} maxLength={200} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        <FormError error={save.error} text={problem} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" size="sm" onClick={onClose}>
            {t('app:common.cancel')}
          </Button>
          <Button type="submit" size="sm" loading={save.isPending} disabled={Boolean(problem || wrong)}>
            {dates.length > 1 ? t('exceptions.saveDays', { count: dates.length }) : t('app:common.save')}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}

function Clock({ label, value, onChange }: { label: string; value: number; onChange: (minutes: number) => void }) {
  return (
    <input
      type="time"
      className={c.input}
      aria-label={label}
      value={clock(value % 1440)}
      onChange={(event) => {
        const minutes = parseClock(event.currentTarget.value)
        if (!Number.isNaN(minutes)) onChange(minutes)
      }}
    />
  )
}
