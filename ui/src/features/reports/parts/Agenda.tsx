import { useTranslation } from '@/lib/useTranslation'
import { useFormat } from '@/lib/format'
import type { AgendaFigures, AgendaReport } from '../api'
import { lasting, percent } from '../words'
import c from '../Reports.module.css'
import { Chart } from './Chart'
import { Table, type Column } from './Table'
import { Tiles } from './Tiles'

export const agendaEmpty = ({ appointments, cancelled, bookedMinutes }: AgendaFigures): boolean => appointments + cancelled + bookedMinutes === 0

/** The share of the opening hours that is booked; undefined where nothing is open. */
const occupancy = ({ bookedMinutes, openMinutes }: AgendaFigures): number | undefined => (openMinutes > 0 ? bookedMinutes / openMinutes : undefined)

/** Of those who came or should have come, the share that did not. */
const missed = ({ came, noShows }: AgendaFigures): number | undefined => (came + noShows > 0 ? noShows / (came + noShows) : undefined)

export function Agenda({ report }: { report: AgendaReport }) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  const { total, before } = report
  const share = (value: number | undefined): string => (value === undefined ? '–' : percent(format, value))
  const lead = (f: AgendaFigures): string => (f.lead.count > 0 ? lasting(format, f.lead.median) : '–')
  const days = report.days.map((day) => day.date)
  const numbers = (pick: (figures: AgendaFigures) => number): number[] => report.days.map((day) => pick(day.figures))

  const common: Column<AgendaFigures>[] = [
    { label: t('agenda.appointments'), cell: (f) => format.number(f.appointments) },
    { label: t('agenda.noShows'), cell: (f) => format.number(f.noShows) },
    { label: t('agenda.cancelled'), cell: (f) => format.number(f.cancelled) },
    { label: t('agenda.lead'), cell: lead },
  ]
  const booked: Column<AgendaFigures> = { label: t('agenda.booked'), cell: (f) => format.duration(f.bookedMinutes) }

  return (
    <>
      <Tiles
        tiles={[
          { label: t('agenda.appointments'), value: format.number(total.appointments), now: total.appointments, before: before.figures.appointments },
          { label: t('agenda.occupancy'), value: share(occupancy(total)), detail: t('tile.hours', { booked: format.duration(total.bookedMinutes), open: format.duration(total.openMinutes) }), now: occupancy(total), before: occupancy(before.figures) },
          { label: t('agenda.lead'), value: lead(total), detail: total.lead.count > 0 ? t('tile.p90', { time: lasting(format, total.lead.p90) }) : undefined },
          { label: t('agenda.noShows'), value: format.number(total.noShows), detail: missed(total) === undefined ? undefined : t('tile.missed', { share: share(missed(total)) }), now: total.noShows, before: before.figures.noShows },
          { label: t('agenda.cancelled'), value: format.number(total.cancelled), now: total.cancelled, before: before.figures.cancelled },
        ]}
      />
      {days.length > 1 && (
        <div className={c.charts}>
          <Chart
            title={t('agenda.perDay')}
            days={days}
            series={[
              { label: t('agenda.appointments'), values: numbers((f) => f.appointments) },
              { label: t('agenda.noShows'), values: numbers((f) => f.noShows) },
              { label: t('agenda.cancelled'), values: numbers((f) => f.cancelled) },
            ]}
          />
          <Chart
            title={t('agenda.occupancyPercent')}
            lines
            days={days}
            series={[{ label: t('agenda.occupancy'), values: report.days.map((day) => occupancy(day.figures)).map((value) => (value === undefined ? null : 100 * value)) }]}
            show={(value) => percent(format, value / 100)}
          />
        </div>
      )}
      <Table title={t('table.agendas')} rows={report.agendas} columns={[{ label: t('agenda.occupancy'), cell: (f) => share(occupancy(f)) }, booked, ...common]} none={t('table.gone')} />
      <Table title={t('table.services')} rows={report.services} columns={[booked, ...common]} none={t('table.gone')} />
    </>
  )
}
