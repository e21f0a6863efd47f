import { Button, Group, Modal, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { Avatar } from '@/components/Avatar'
import { ErrorState } from '@/components/ErrorState'
import { FormError } from '@/components/FormError'
import type { ContactsRecord } from '@/lib/pb-types'
import { showPhone } from '@/lib/phone'
import { toast, toastError } from '@/lib/toast'
import { mergeContacts, undoMerge, useDuplicates, useFound, useMergePreview, type Duplicate, type MergePreview } from '../api'
import { useShown } from '../shown'
import { nameOf } from '../words'
import c from './Merge.module.css'

/** Makes one contact of two: who is meant, what would move, and then it is done. `first` is someone chosen already. */
export default function Merge({ contact, first, open, onClose }: { contact: ContactsRecord; first: ContactsRecord | undefined; open: boolean; onClose: () => void }) {
  const { t } = useTranslation('contacts')
  const [other, setOther] = useState(first)

  return (
    <Modal opened={open} onClose={onClose} title={t('merge.title')} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      {other ? <Compare contact={contact} other={other} onBack={() => setOther(undefined)} onDone={onClose} /> : <Choose contact={contact} onChoose={setOther} />}
    </Modal>
  )
}

function Choose({ contact, onChoose }: { contact: ContactsRecord; onChoose: (other: ContactsRecord) => void }) {
  const { t } = useTranslation('contacts')
  const [typed, setTyped] = useState('')
  const [words] = useDebouncedValue(typed.trim(), 200)
  const likely = useDuplicates(contact.id)
  const found = useFound(words)
  const list: Duplicate[] | undefined = words ? found.data?.items.filter(({ id }) => id !== contact.id).map((one) => ({ contact: one, reasons: [] })) : likely.data?.items
  const error = words ? found.error : likely.error

  return (
    <Stack gap="sm">
      <TextInput label={t('merge.who', { name: nameOf(contact, t) })} placeholder={t('search.placeholder')} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} data-autofocus autoComplete="off" />
      {error ? (
        <ErrorState error={error} onRetry={() => void (words ? found : likely).refetch()} />
      ) : !list ? (
        <Stack gap="xs" aria-busy="true">
          <Skeleton h={48} />
          <Skeleton h={48} />
        </Stack>
      ) : list.length === 0 ? (
        <Text size="sm" c="dimmed" role="status">
          {words ? t('empty.filtered') : t('merge.none')}
        </Text>
      ) : (
        <People list={list} onChoose={onChoose} />
      )}
    </Stack>
  )
}

/** Contacts to choose from, each with why it may be the one. */
export function People({ list, onChoose }: { list: Duplicate[]; onChoose: (other: ContactsRecord) => void }) {
  const { t } = useTranslation('contacts')
  return (
    <ul className={c.people}>
      {list.map(({ contact, reasons }) => (
        <li key={contact.id}>
          <button type="button" className={c.person} onClick={() => onChoose(contact)}>
            <Avatar name={nameOf(contact, t)} size={28} />
            <span className={c.about} data-user-text>
              <b>{nameOf(contact, t)}</b>
              <span className={`${c.dim} tnum`}>{[contact.phone && showPhone(contact.phone), contact.email].filter(Boolean).join(' · ')}</span>
            </span>
            {reasons.map((reason) => (
              <span key={reason} className={c.why}>
                {t(`merge.because.${reason}`)}
              </span>
            ))}
          </button>
        </li>
      ))}
    </ul>
  )
}

function Compare({ contact, other, onBack, onDone }: { contact: ContactsRecord; other: ContactsRecord; onBack: () => void; onDone: () => void }) {
  const { t } = useTranslation('contacts')
  const preview = useMergePreview(contact.id, other.id)
  const names = { name: nameOf(contact, t), other: nameOf(other, t) }
  const merge = useMutation({
    mutationFn: () => mergeContacts(contact.id, other.id),
    onSuccess: (note) => {
      toast(t('merge.done', names), { label: t('undo'), run: () => void undoMerge(note).catch(toastError) })
      onDone()
    },
  })

  return (
    <Stack gap="sm">
      <Text size="sm" data-user-text>
        {t('merge.becomes', names)}
      </Text>
      {preview.isError ? (
        <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />
      ) : !preview.data ? (
        <Stack gap="xs" aria-busy="true">
          <Skeleton h={14} w="60%" />
          <Skeleton h={14} w="45%" />
          <Skeleton h={14} w="70%" />
        </Stack>
      ) : (
        <Effects preview={preview.data} name={names.name} />
      )}
      <Text size="sm" c="dimmed">
        {t('merge.undoable')}
      </Text>
      <FormError error={merge.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onBack}>
          {t('merge.back')}
        </Button>
        <Button data-autofocus disabled={!preview.data} loading={merge.isPending} onClick={() => merge.mutate()}>
          {t('merge.confirm')}
        </Button>
      </Group>
    </Stack>
  )
}

/** What is told by its own name; all else is counted together. */
const TOLD = ['conversations', 'messages', 'appointments', 'identities']

function Effects({ preview, name }: { preview: MergePreview; name: string }) {
  const { t } = useTranslation('contacts')
  const shown = useShown()
  const told = TOLD.filter((what) => preview.moves[what]).map((what) => t(`merge.moved.${what}`, { count: preview.moves[what] }))
  const rest = Object.entries(preview.moves).reduce((sum, [what, count]) => (TOLD.includes(what) ? sum : sum + count), 0)
  if (rest > 0) told.push(t('merge.moved.rest', { count: rest }))
  const learns = Object.entries(preview.learns)

  return (
    <>
      <Facts title={t('merge.moves')}>
        {told.map((text) => (
          <li key={text}>{text}</li>
        ))}
        {told.length === 0 && <li>{t('merge.nothing')}</li>}
        {preview.closes > 0 && <li>{t('merge.closes', { count: preview.closes, name })}</li>}
      </Facts>
      {learns.length > 0 && (
        <Facts title={t('merge.learns', { name })}>
          {learns.map(([field, [, after]]) => (
            <li key={field}>
              {field === 'custom' ? t('details.custom') : t(`field.${field}`)} <b data-user-text>{field === 'phone' ? showPhone(String(after)) : shown(field, after)}</b>
            </li>
          ))}
        </Facts>
      )}
    </>
  )
}

function Facts({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <ul className={c.facts}>{children}</ul>
    </section>
  )
}
