import { useTranslation } from '@/lib/useTranslation'
import { useFormat } from '@/lib/format'
import type { Durations, InboxFigures, InboxReport, Rating } from '../api'
import { lasting } from '../words'
import c from '../Reports.module.css'
import { Chart } from './Chart'
import { Ratings } from './Ratings'
import { Table, type Column } from './Table'
import { Tiles } from './Tiles'

export const inboxEmpty = ({ opened, closed, received, sent, byBot }: InboxFigures): boolean => opened + closed + received + sent + byBot === 0

export function Inbox({ report }: { report: InboxReport }) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  const { total, before } = report
  const time = ({ count, median }: Durations): string => (count > 0 ? lasting(format, median) : '–')
  const slow = ({ count, p90 }: Durations): string => (count > 0 ? lasting(format, p90) : '–')
  const mean = (rating: Rating | undefined): string => (rating ? format.number(rating.mean, { maximumFractionDigits: 1 }) : '–')
  const numbers = (pick: (figures: InboxFigures) => number): number[] => report.days.map((day) => pick(day.figures))
  const days = report.days.map((day) => day.date)
  const rating = total.ratings[0]

  const common: Column<InboxFigures>[] = [
    { label: t('inbox.opened'), cell: (f) => format.number(f.opened) },
    { label: t('inbox.closed'), cell: (f) => format.number(f.closed) },
  ]
  const quality: Column<InboxFigures>[] = [
    { label: t('inbox.firstReply'), cell: (f) => time(f.firstReply) },
    { label: t('inbox.firstReply90'), cell: (f) => slow(f.firstReply) },
    { label: t('inbox.resolution'), cell: (f) => time(f.resolution) },
    { label: t('inbox.rating'), cell: (f) => mean(f.ratings[0]) },
  ]
  const sent: Column<InboxFigures> = { label: t('inbox.sent'), cell: (f) => format.number(f.sent) }
  const received: Column<InboxFigures> = { label: t('inbox.received'), cell: (f) => format.number(f.received) }

  return (
    <>
      <Tiles
        tiles={[
          { label: t('inbox.opened'), value: format.number(total.opened), now: total.opened, before: before.figures.opened },
          { label: t('inbox.closed'), value: format.number(total.closed), now: total.closed, before: before.figures.closed },
          { label: t('inbox.firstReply'), value: time(total.firstReply), detail: total.firstReply.count > 0 ? t('tile.p90', { time: slow(total.firstReply) }) : undefined, ...both(total.firstReply, before.figures.firstReply) },
          { label: t('inbox.resolution'), value: time(total.resolution), detail: total.resolution.count > 0 ? t('tile.p90', { time: slow(total.resolution) }) : undefined, ...both(total.resolution, before.figures.resolution) },
          { label: t('inbox.rating'), value: mean(rating), detail: rating ? t('tile.ratings', { count: rating.count, scale: rating.scale }) : undefined },
          { label: t('inbox.messages'), value: format.number(total.received + total.sent + total.byBot), detail: t('tile.byBot', { number: format.number(total.byBot) }), now: total.received + total.sent + total.byBot, before: before.figures.received + before.figures.sent + before.figures.byBot },
        ]}
      />
      {days.length > 1 && (
        <div className={c.charts}>
          <Chart title={t('inbox.conversations')} days={days} series={[{ label: t('inbox.opened'), values: numbers((f) => f.opened) }, { label: t('inbox.closed'), values: numbers((f) => f.closed) }]} />
          <Chart
            title={t('inbox.messages')}
            days={days}
            series={[
              { label: t('inbox.received'), values: numbers((f) => f.received) },
              { label: t('inbox.sent'), values: numbers((f) => f.sent) },
              { label: t('inbox.byBot'), values: numbers((f) => f.byBot) },
            ]}
          />
          <Chart
            title={t('inbox.firstReplyMinutes')}
            lines
            days={days}
            series={[{ label: t('inbox.firstReply'), values: report.days.map(({ figures: { firstReply } }) => (firstReply.count > 0 ? firstReply.median / 60 : null)) }]}
            show={(minutes) => format.number(minutes, { maximumFractionDigits: 1 })}
          />
          {rating && <Ratings rating={rating} />}
        </div>
      )}
      <Table title={t('table.members')} rows={report.members} columns={[...common, sent, ...quality]} none={t('table.nobody')} />
      <div className={c.charts}>
        <Table title={t('table.queues')} rows={report.queues} columns={[...common, quality[0]!, quality[3]!]} none={t('table.noQueue')} />
        <Table title={t('table.channels')} rows={report.channels} columns={[...common, received, sent]} none={t('table.gone')} />
      </div>
    </>
  )
}

function both(now: Durations, before: Durations): { now?: number; before?: number } {
  return now.count > 0 && before.count > 0 ? { now: now.median, before: before.median } : {}
}
