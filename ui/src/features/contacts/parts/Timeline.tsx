import { Button, Skeleton } from '@mantine/core'
import { IconCalendar, IconMessageCircle, IconNote, IconPencil, IconUserPlus, type Icon } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ErrorState } from '@/components/ErrorState'
import { useFormat } from '@/lib/format'
import type { ContactChangesRecord, ContactsRecord } from '@/lib/pb-types'
import { useMembers, useNames, useTimeline, type TimelineItem } from '../api'
import { useShown } from '../shown'
import c from './Details.module.css'

const ICONS: Record<TimelineItem['kind'], Icon> = { conversation: IconMessageCircle, appointment: IconCalendar, change: IconPencil, note: IconNote }

/** What happened with a contact, in one list by time. */
export function Timeline({ contact, company }: { contact: ContactsRecord; company: string }) {
  const { t } = useTranslation('contacts')
  const query = useTimeline(contact.id)
  const items = query.data?.pages.flatMap((page) => page.items) ?? []

  return (
    <section className={c.section} aria-label={t('timeline.title')}>
      <h3>{t('timeline.title')}</h3>
      {query.isError && items.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.isPending ? (
        <div className={c.loading} aria-busy="true">
          <Skeleton h={14} w="80%" />
          <Skeleton h={14} w="60%" />
        </div>
      ) : (
        <ol className={c.timeline}>
          {items.map((item) => (
            <Entry key={item.record.id} icon={ICONS[item.kind]} at={item.at}>
              <Told item={item} company={company} />
            </Entry>
          ))}
          {!query.hasNextPage && (
            <Entry icon={IconUserPlus} at={contact.created}>
              {t('timeline.created')}
            </Entry>
          )}
        </ol>
      )}
      {query.hasNextPage && (
        <Button variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('timeline.more')}
        </Button>
      )}
    </section>
  )
}

function Entry({ icon: Mark, at, children }: { icon: Icon; at: string; children: ReactNode }) {
  const format = useFormat()
  return (
    <li className={c.entry}>
      <span className={c.mark} aria-hidden>
        <Mark size={14} stroke={1.7} />
      </span>
      <div className={c.told}>
        {children}
        <time className={c.when} dateTime={at.replace(' ', 'T')}>
          {format.date(at)} {format.time(at)}
        </time>
      </div>
    </li>
  )
}

function Told({ item, company }: { item: TimelineItem; company: string }) {
  const { t } = useTranslation('contacts')
  const names = useNames()
  const members = useMembers()
  if (item.kind === 'conversation') {
    return (
      <Link to="/c/$company/inbox/{-$conversation}" params={{ company, conversation: item.record.id }} className={c.link}>
        {t('timeline.conversation', { channel: names.channel(item.record.channel) })}
      </Link>
    )
  }
  if (item.kind === 'appointment') {
    return (
      <Link to="/c/$company/calendar" params={{ company }} search={{ appointment: item.record.id } as never} className={c.link}>
        {t(`timeline.appointment.${item.record.status}`, { service: names.service(item.record.service) })}
      </Link>
    )
  }
  if (item.kind === 'note') {
    return (
      <>
        <span className={c.dim}>{t('timeline.note', { name: members.name(item.record.author) || t('owner.former') })}</span>
        <p className={c.note} data-user-text>
          {item.record.text}
        </p>
      </>
    )
  }
  return <Change record={item.record} />
}

/** What was changed, field by field: before, then after. */
function Change({ record }: { record: ContactChangesRecord }) {
  const { t } = useTranslation('contacts')
  const members = useMembers()
  const shown = useShown()
  const changes = Object.entries((record.changes ?? {}) as Record<string, [unknown, unknown]>)

  return (
    <>
      <span className={c.dim}>{record.member ? t('timeline.changed_by', { name: members.name(record.member) || t('owner.former') }) : t('timeline.changed')}</span>
      <ul className={c.changes}>
        {changes.map(([field, [before, after]]) => {
          if (field === 'deleted') return <li key={field}>{after ? t('timeline.deleted') : t('timeline.restored')}</li>
          const [was, is] = [shown(field, before), shown(field, after)]
          const name = field === 'custom' ? t('details.custom') : field === 'merged_into' ? t('timeline.merged') : t(`field.${field}`)
          return (
            <li key={field}>
              {name}
              {was && (
                <>
                  {' '}
                  <del data-user-text>{was}</del>
                </>
              )}
              {is && (
                <>
                  {' '}
                  <ins data-user-text>{is}</ins>
                </>
              )}
            </li>
          )
        })}
      </ul>
    </>
  )
}
