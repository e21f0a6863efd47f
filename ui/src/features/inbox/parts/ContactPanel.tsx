import { ActionIcon, Button, Skeleton, UnstyledButton } from '@mantine/core'
import { IconCalendarPlus, IconExternalLink, IconX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/lib/useTranslation'
import { ContactAvatar } from '@/components/ContactAvatar'
import { ErrorState } from '@/components/ErrorState'
import { InlineField } from '@/components/InlineField'
import { TagField } from '@/components/TagField'
import { useMe } from '@/lib/company'
import { toDate, useFormat } from '@/lib/format'
import type { ContactsRecord } from '@/lib/pb-types'
import { tagIds } from '@/lib/tags'
import { saveContact, useAppointments, useContact, useHistory, useNames, type Appointment } from '../api'
import { showPhone } from '@/lib/phone'
import type { Conversation } from '../types'
import { useMinute } from '../useMinute'
import { nameOf, previewOf } from '../words'
import { Ratings } from './Ratings'
import { Runs } from './Runs'
import c from './ContactPanel.module.css'

interface Props {
  conversation: Conversation
  onClose: () => void
  onOpen: (id: string) => void
}

/** Who the conversation is with: details to edit in place, appointments, earlier conversations. */
export default function ContactPanel({ conversation, onClose, onOpen }: Props) {
  const { t } = useTranslation('inbox')
  const { member, can } = useMe()
  const query = useContact(conversation.contact)
  const contact = query.data
  const shown = contact ?? conversation.expand?.contact
  const name = nameOf(shown, conversation.contact, t)
  const edit = can('contacts.edit_all') || (can('contacts.edit_own') && contact?.owner === member?.id)

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div className={c.root} tabIndex={0} role="region" aria-label={t('contact.title')}>
      <header className={c.head}>
        <h2>{t('contact.title')}</h2>
        <ActionIcon
          size={30}
          className={c.open}
          aria-label={t('contact.open')}
          renderRoot={(props) => <Link to="/c/$company/contacts/{-$contact}" params={{ company: conversation.company, contact: conversation.contact }} {...props} />}
        >
          <IconExternalLink size={17} stroke={1.6} />
        </ActionIcon>
        <ActionIcon size={30} aria-label={t('contact.hide')} onClick={onClose}>
          <IconX size={17} stroke={1.6} />
        </ActionIcon>
      </header>
      <div className={c.who}>
        <ContactAvatar contact={conversation.contact} name={name} size={48} />
        <div className={c.name} data-user-text>{name}</div>
      </div>
      {query.isError && !contact ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : contact ? (
        <Details key={contact.id} contact={contact} edit={edit} />
      ) : (
        <div className={c.loading} aria-busy="true">
          {[70, 55, 80].map((width) => (
            <Skeleton key={width} h={14} w={`${width}%`} />
          ))}
        </div>
      )}
      <Appointments conversation={conversation} missed={contact?.no_shows ?? 0} />
      <Runs conversation={conversation} />
      <Ratings contact={conversation.contact} conversation={conversation.id} onOpen={onOpen} />
      <History conversation={conversation} onOpen={onOpen} />
    </div>
  )
}

function Details({ contact, edit }: { contact: ContactsRecord; edit: boolean }) {
  const { t } = useTranslation('inbox')
  const save = (changes: Partial<ContactsRecord>) => saveContact(contact, changes)
  return (
    <section className={c.section} aria-label={t('contact.details')}>
      <InlineField label={t('contact.name')} value={contact.name} empty={t('contact.add')} edit={edit} onSave={(name) => save({ name })} />
      <InlineField label={t('contact.phone')} value={contact.phone} shown={showPhone(contact.phone)} type="tel" empty={t('contact.add')} edit={edit} onSave={(phone) => save({ phone: phone.replace(/[^\d+]/g, '') })} />
      <InlineField label={t('contact.email')} value={contact.email} type="email" empty={t('contact.add')} edit={edit} onSave={(email) => save({ email })} />
      <TagField label={t('contact.tags')} ids={tagIds(contact.tags)} edit={edit} onSave={(tags) => save({ tags })} />
      <InlineField label={t('contact.notes')} value={contact.notes} empty={t('contact.addNotes')} edit={edit} long onSave={(notes) => save({ notes })} />
    </section>
  )
}

function Appointments({ conversation, missed }: { conversation: Conversation; missed: number }) {
  const { t } = useTranslation('inbox')
  const { can } = useMe()
  const { data } = useAppointments(conversation.contact)
  const now = useMinute()
  if (!can('agenda.view_own')) return null
  const all = (data?.items ?? []) as Appointment[]
  const coming = all.filter((one) => toDate(one.end).getTime() > now && one.status !== 'cancelled').reverse()
  const past = all.filter((one) => !coming.includes(one)).slice(0, 5)
  return (
    <section className={c.section} aria-label={t('appointments.title')}>
      <div className={c.top}>
        <h3>{t('appointments.title')}</h3>
        {can('agenda.book') && (
          <Button
            variant="light"
            size="compact-sm"
            leftSection={<IconCalendarPlus size={15} stroke={1.6} />}
            renderRoot={(props) => <Link to="/c/$company/calendar" params={{ company: conversation.company }} search={{ contact: conversation.contact, conversation: conversation.id } as never} {...props} />}
          >
            {t('appointments.book')}
          </Button>
        )}
      </div>
      {missed > 0 && <p className={c.missed}>{t('appointments.missed', { count: missed })}</p>}
      {data && all.length === 0 && <p className={c.none}>{t('appointments.none')}</p>}
      {coming.length > 0 && <Times title={t('appointments.coming')} list={coming} company={conversation.company} />}
      {past.length > 0 && <Times title={t('appointments.past')} list={past} company={conversation.company} />}
    </section>
  )
}

function Times({ title, list, company }: { title: string; list: Appointment[]; company: string }) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  return (
    <>
      <h4 className={c.sub}>{title}</h4>
      <ul className={c.list}>
        {list.map((one) => (
          <li key={one.id}>
            <Link to="/c/$company/calendar" params={{ company }} search={{ date: format.dayKey(one.start), appointment: one.id } as never} className={c.item}>
              <span className={c.what}>
                <span data-user-text>{one.expand?.service?.name || t('appointments.one')}</span>
                <span className={c.state} data-status={one.status}>
                  {t(`appointments.status.${one.status}`)}
                </span>
              </span>
              <span className={c.when}>
                {format.custom(one.start, { weekday: 'short', day: 'numeric', month: 'short' })} · {format.range(one.start, one.end)}
                {one.expand?.agenda?.name ? ` · ${one.expand.agenda.name}` : ''}
                {one.attendee ? ` · ${one.attendee}` : ''}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  )
}

function History({ conversation, onOpen }: { conversation: Conversation; onOpen: (id: string) => void }) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  const names = useNames()
  const { data } = useHistory(conversation.contact)
  const others = data?.items.filter(({ id }) => id !== conversation.id) ?? []
  if (!data) return null
  return (
    <section className={c.section} aria-label={t('history.title')}>
      <h3>{t('history.title')}</h3>
      {others.length === 0 && <p className={c.none}>{t('history.none')}</p>}
      <ul className={c.list}>
        {others.map((one) => (
          <li key={one.id}>
            <UnstyledButton className={c.item} onClick={() => onOpen(one.id)}>
              <span className={c.what}>
                {names.channel(one.channel) || t('conversation')}
                <span className={c.state}>{t(`state.${one.status}`)}</span>
              </span>
              <span className={c.when}>
                {one.last_message_at ? format.date(one.last_message_at) : ''} · {previewOf(one, t)}
              </span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </section>
  )
}
