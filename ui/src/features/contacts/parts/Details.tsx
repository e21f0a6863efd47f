import { ActionIcon, Button, Group, Menu, Modal, Skeleton, Stack, Text } from '@mantine/core'
import { IconArrowLeft, IconArrowMerge, IconCalendarPlus, IconDots, IconDownload, IconEraser, IconTrash, IconTrashOff, IconX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ContactAvatar } from '@/components/ContactAvatar'
import { ErrorState } from '@/components/ErrorState'
import { InlineField } from '@/components/InlineField'
import { InlineSelect } from '@/components/InlineSelect'
import { TagField } from '@/components/TagField'
import { useMe } from '@/lib/company'
import { download } from '@/lib/download'
import { fault } from '@/lib/errors'
import { useFormat } from '@/lib/format'
import { LANG_NAMES, LANGS } from '@/lib/i18n'
import type { ContactsRecord } from '@/lib/pb-types'
import { showPhone } from '@/lib/phone'
import { tagIds } from '@/lib/tags'
import { toast, toastError } from '@/lib/toast'
import { deleteContact, freshTimeline, restoreContact, saveContact, useConsents, useContact, useIdentities, useMembers } from '../api'
import { LIFECYCLES } from '../filters'
import { nameOf } from '../words'
import { CustomFields } from './CustomFields'
import { Erase } from './Erase'
import { Merged, PartOf } from './Merged'
import { Timeline } from './Timeline'
import { WriteButton } from '../../whatsapp/parts/WriteButton'
import c from './Details.module.css'

/** One contact beside the list: everything known of them, edited where it stands, and what happened with them. */
export function Details({ id, company, onClose }: { id: string; company: string; onClose: () => void }) {
  const { t } = useTranslation('contacts')
  const { member, can } = useMe()
  const query = useContact(id)
  const members = useMembers()
  const [merging, setMerging] = useState(false)
  const contact = query.data
  const mine = contact?.owner === member?.id
  // of a team the server decides: what it refuses is put back with its reason
  const edit = contact?.deleted === '' && (can('contacts.edit_all') || can('contacts.edit_team') || (mine && can('contacts.edit_own')))

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <aside className={c.root} tabIndex={0} aria-label={t('details.title')}>
      <header className={c.head}>
        <ActionIcon className={c.back} size={44} aria-label={t('details.back')} onClick={onClose}>
          <IconArrowLeft size={20} />
        </ActionIcon>
        <h2>{t('details.title')}</h2>
        {contact && <Actions contact={contact} company={company} edit={edit} onMerge={() => setMerging(true)} onClose={onClose} />}
        <ActionIcon className={c.close} size={30} aria-label={t('details.close')} onClick={onClose}>
          <IconX size={17} stroke={1.6} />
        </ActionIcon>
      </header>
      {query.isError && !contact ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : !contact ? (
        <div className={c.loading} aria-busy="true">
          {[60, 70, 55, 80, 45].map((width) => (
            <Skeleton key={width} h={14} w={`${width}%`} />
          ))}
        </div>
      ) : (
        <>
          <div className={c.who}>
            <ContactAvatar contact={contact.id} name={nameOf(contact, t)} size={48} />
            <div className={c.name} data-user-text>{nameOf(contact, t)}</div>
          </div>
          {contact.merged_into ? <PartOf id={contact.merged_into} company={company} /> : contact.deleted ? <InBin contact={contact} /> : <WriteButton person={contact} mx="md" mb="xs" />}
          <Fields contact={contact} edit={edit} members={members.active} />
          <CustomFields contact={contact} edit={edit} />
          <Identities contact={contact.id} />
          <Merged contact={contact} edit={edit} choosing={merging} onChosen={() => setMerging(false)} />
          <Consents contact={contact.id} />
          <Timeline contact={contact} company={company} />
        </>
      )}
    </aside>
  )
}

function Fields({ contact, edit, members }: { contact: ContactsRecord; edit: boolean; members: { id: string; name: string }[] }) {
  const { t } = useTranslation('contacts')
  const all = useMembers()
  const save = async (changes: Partial<ContactsRecord>): Promise<void> => {
    await saveContact(contact, changes)
    freshTimeline(contact.id)
  }
  const text = (field: 'name' | 'lead_status' | 'category' | 'source') => <InlineField label={t(`field.${field}`)} value={contact[field]} empty={t('details.add')} edit={edit} onSave={(value) => save({ [field]: value })} />
  const owners = [...members]
  if (contact.owner && !owners.some(({ id }) => id === contact.owner)) owners.push({ id: contact.owner, name: all.name(contact.owner) || t('owner.former') })

  return (
    <section className={c.section} aria-label={t('details.fields')}>
      {text('name')}
      <InlineField label={t('field.phone')} value={contact.phone} shown={showPhone(contact.phone)} type="tel" empty={t('details.add')} edit={edit} onSave={(phone) => save({ phone: phone.replace(/[^\d+]/g, '') })} />
      <InlineField label={t('field.email')} value={contact.email} type="email" empty={t('details.add')} edit={edit} onSave={(email) => save({ email })} />
      <InlineSelect label={t('field.lifecycle')} value={contact.lifecycle} choices={LIFECYCLES.map((value) => ({ value, label: t(`lifecycle.${value}`) }))} edit={edit} onSave={(lifecycle) => save({ lifecycle: lifecycle as ContactsRecord['lifecycle'] })} />
      {text('lead_status')}
      <InlineSelect label={t('field.owner')} value={contact.owner} choices={[{ value: '', label: t('owner.none') }, ...owners.map(({ id, name }) => ({ value: id, label: name }))]} edit={edit} onSave={(owner) => save({ owner })} />
      <TagField label={t('field.tags')} ids={tagIds(contact.tags)} edit={edit} onSave={(tags) => save({ tags })} />
      {text('category')}
      {text('source')}
      <InlineField label={t('field.birthday')} value={contact.birthday} type="date" empty={t('details.add')} edit={edit} onSave={(birthday) => save({ birthday })} />
      <InlineSelect
        label={t('field.locale')}
        value={contact.locale}
        choices={[{ value: '', label: t('details.localeAny') }, ...LANGS.map((value) => ({ value, label: LANG_NAMES[value] }))]}
        edit={edit}
        onSave={(locale) => save({ locale })}
      />
      <InlineSelect
        label={t('field.bot_off')}
        value={contact.bot_off ? 'off' : 'on'}
        choices={[
          { value: 'on', label: t('details.botOn') },
          { value: 'off', label: t('details.botOff') },
        ]}
        edit={edit}
        onSave={(value) => save({ bot_off: value === 'off' })}
      />
      <InlineField label={t('field.notes')} value={contact.notes} empty={t('details.addNotes')} edit={edit} long onSave={(notes) => save({ notes })} />
    </section>
  )
}

function Identities({ contact }: { contact: string }) {
  const { t } = useTranslation('contacts')
  const list = useIdentities(contact).data?.items ?? []
  if (list.length === 0) return null
  return (
    <section className={c.section} aria-label={t('identities.title')}>
      <h3>{t('identities.title')}</h3>
      <ul className={c.list}>
        {list.map((identity) => (
          <li key={identity.id} className={c.identity}>
            <span className={c.dim}>{t(`identities.${identity.kind}`)}</span>
            <span className="line tnum" data-user-text>{identity.kind === 'phone' ? showPhone(identity.value) : identity.value}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What they agreed to before they wrote, with its evidence. */
function Consents({ contact }: { contact: string }) {
  const { t } = useTranslation('contacts')
  const format = useFormat()
  const list = useConsents(contact).data?.items ?? []
  if (list.length === 0) return null
  return (
    <section className={c.section} aria-label={t('consents.title')}>
      <h3>{t('consents.title')}</h3>
      <ul className={c.list}>
        {list.map((consent) => (
          <li key={consent.id}>
            <div className={c.dim}>{t(`consents.${consent.kind}`, { at: format.dateTime(consent.at) })}</div>
            <div data-user-text>{consent.text}</div>
            <div className={`${c.dim} line tnum`} translate="no" title={consent.hash}>
              {[consent.url, consent.address, consent.hash.slice(0, 12)].filter(Boolean).join(' · ')}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

function InBin({ contact }: { contact: ContactsRecord }) {
  const { t } = useTranslation('contacts')
  const { can } = useMe()
  const format = useFormat()
  return (
    <div className={c.binned} role="status">
      <span>{t('bin.since_on', { date: format.date(contact.deleted) })}</span>
      {can('contacts.delete') && (
        <Button variant="default" leftSection={<IconTrashOff size={15} stroke={1.6} />} onClick={() => void restoreContact(contact.id).catch(toastError)}>
          {t('bin.restore')}
        </Button>
      )}
    </div>
  )
}

/** What else can be done: book, merge, export, delete, erase. */
function Actions({ contact, company, edit, onMerge, onClose }: { contact: ContactsRecord; company: string; edit: boolean; onMerge: () => void; onClose: () => void }) {
  const { t } = useTranslation('contacts')
  const { can } = useMe()
  const [coming, setComing] = useState(0)
  const [erasing, setErasing] = useState(false)
  if (contact.deleted && !can('contacts.export') && !can('contacts.delete')) return null

  async function remove(confirmed = false): Promise<void> {
    try {
      await deleteContact(contact.id, confirmed)
      onClose()
      toast(t('did.delete', { count: 1, number: '1' }), { label: t('undo'), run: () => void restoreContact(contact.id).catch(toastError) })
    } catch (error) {
      const { code, data } = fault(error)
      if (code === 'has_appointments') setComing(Number(data.count))
      else toastError(error)
    }
  }

  return (
    <>
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <ActionIcon size={30} aria-label={t('details.more')}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {can('agenda.book') && !contact.deleted && (
            <Menu.Item leftSection={<IconCalendarPlus size={16} />} renderRoot={(props) => <Link to="/c/$company/calendar" params={{ company }} search={{ contact: contact.id } as never} {...props} />}>
              {t('details.book')}
            </Menu.Item>
          )}
          {edit && (
            <Menu.Item leftSection={<IconArrowMerge size={16} />} onClick={onMerge}>
              {t('merge.open')}
            </Menu.Item>
          )}
          {can('contacts.export') && (
            <Menu.Item leftSection={<IconDownload size={16} />} onClick={() => void download(`/api/recado/contacts/${contact.id}/export`, `contact-${contact.id}.zip`).catch(toastError)}>
              {t('person.export')}
            </Menu.Item>
          )}
          {can('contacts.delete') && (
            <>
              {!contact.deleted && (
                <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => void remove()}>
                  {t('bin.delete')}
                </Menu.Item>
              )}
              <Menu.Item color="red" leftSection={<IconEraser size={16} />} onClick={() => setErasing(true)}>
                {t('person.erase')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <Erase contact={contact} open={erasing} onClose={() => setErasing(false)} onDone={onClose} />
      <Modal opened={coming > 0} onClose={() => setComing(0)} title={t('bin.coming', { count: coming })} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
        <Stack>
          <Text size="sm">{t('bin.comingText')}</Text>
          <Group justify="flex-end">
            <Button variant="default" data-autofocus onClick={() => setComing(0)}>
              {t('app:common.cancel')}
            </Button>
            <Button
              color="red"
              onClick={() => {
                setComing(0)
                void remove(true)
              }}
            >
              {t('bin.allTheSame')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
