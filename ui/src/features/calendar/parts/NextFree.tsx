import { Button, Loader } from '@mantine/core'
import { IconCalendarSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ErrorState } from '@/components/ErrorState'
import { useFormat } from '@/lib/format'
import type { AgendasRecord } from '@/lib/pb-types'
import { nextFreeOptions } from '../api'
import { shortMoment } from '../moments'
import c from './Dialogs.module.css'

/** The next free times of a service from a day on, whoever gives it: one press takes one. */
export function NextFree({ service, from, agendas, onChoose }: { service: string; from: number; agendas: AgendasRecord[]; onChoose: (agenda: string, start: number) => void }) {
  const { t } = useTranslation('calendar')
  const format = useFormat()
  const [open, setOpen] = useState(false)
  const next = useQuery({ ...nextFreeOptions(service, agendas.length === 1 ? agendas[0]!.id : '', from), enabled: open })
  // those of agendas one may not book on are of no use here
  const mine = next.data?.filter((slot) => agendas.some((agenda) => agenda.id === slot.agenda))

  return (
    <div>
      <Button variant="default" size="compact-sm" leftSection={<IconCalendarSearch size={15} />} aria-expanded={open} onClick={() => setOpen(!open)}>
        {t('book.next')}
      </Button>
      {open && (
        <div role="group" aria-label={t('book.next')} aria-busy={next.isLoading} className={c.times} style={{ marginTop: 8 }}>
          {next.isLoading && <Loader size="xs" />}
          {next.error && <ErrorState error={next.error} onRetry={() => void next.refetch()} />}
          {mine?.length === 0 && <span className={c.dim}>{t('book.nextNone')}</span>}
          {mine?.map((slot) => {
            const start = Date.parse(slot.start)
            return (
              <button key={slot.start} type="button" className={c.slot} onClick={() => onChoose(slot.agenda, start)}>
                {shortMoment(format, start)}
                {agendas.length > 1 && ` · ${agendas.find((agenda) => agenda.id === slot.agenda)?.name ?? ''}`}
              </button>
            )
          })}
        </div>
      )}
    </div>
  )
}
