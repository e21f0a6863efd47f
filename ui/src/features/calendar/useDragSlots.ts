import { useQueries } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import type { AgendasRecord, ServicesRecord } from '@/lib/pb-types'
import { slotsOptions } from './api'
import type { CalendarEvent } from './model'

/** While an appointment is dragged: where it could be dropped, on every agenda on screen. Asked once per drag. */
export function useDragSlots(dragged: CalendarEvent | undefined, agendas: AgendasRecord[], services: ServicesRecord[], from: number, to: number) {
  const service = dragged?.kind === 'appointment' ? dragged.row.service : ''
  const offered = useMemo(() => new Set(services.find((candidate) => candidate.id === service)?.agendas ?? []), [services, service])
  const until = Math.min(to, from + 92 * 86_400_000)
  // the clock moves on while one drags; what was free a minute ago is asked anew only with the next drag
  const begin = useMemo(() => Math.floor(from / 60_000) * 60_000, [from])
  const asked = useQueries({
    queries: agendas.map((agenda) => ({ ...slotsOptions(agenda.id, service, begin, until, dragged?.id ?? ''), enabled: service !== '' && offered.has(agenda.id) && begin < until })),
  })

  return useCallback(
    (event: CalendarEvent, agenda: string): number[] | undefined | null => {
      if (event.kind !== 'appointment') return undefined
      const index = agendas.findIndex((candidate) => candidate.id === agenda)
      if (!offered.has(agenda) && agenda !== event.agenda) return null
      return index < 0 ? undefined : asked[index]?.data
    },
    [agendas, asked, offered],
  )
}
