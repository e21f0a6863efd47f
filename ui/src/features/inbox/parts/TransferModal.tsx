import { Button, Group, Modal, Select, Stack, Textarea } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { FormError } from '@/components/FormError'
import { useActions, useNames } from '../api'
import { useOnlineMembers } from '../presence'
import type { Conversation } from '../types'
import type { Rights } from '../useRights'

/** Hands a conversation to a colleague or a queue, with a word for who takes it over. */
export default function TransferModal({ conversation, rights, onClose }: { conversation: Conversation; rights: Rights; onClose: () => void }) {
  const { t } = useTranslation('inbox')
  const names = useNames()
  const actions = useActions()
  const online = useOnlineMembers()
  const [to, setTo] = useState<string | null>(null)
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()

  const people = names.members.filter(({ id, active }) => active && id !== rights.me && id !== conversation.assignee).map(({ id, name }) => ({ value: `m:${id}`, label: online.has(id) ? t('transfer.online', { name }) : name }))
  const queues = names.queues.filter(({ id }) => id !== conversation.queue || conversation.assignee !== '').map(({ id, name }) => ({ value: `q:${id}`, label: name }))

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (!to) return
    setBusy(true)
    try {
      await actions.transfer(conversation, { [to.startsWith('m:') ? 'assignee' : 'queue']: to.slice(2), note }, to.startsWith('m:') ? names.member(to.slice(2)) : names.queue(to.slice(2)))
      onClose()
    } catch (failed) {
      setError(failed)
      setBusy(false)
    }
  }

  return (
    <Modal opened onClose={onClose} title={t('transfer.title')} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <Select
            data-autofocus
            searchable
            label={t('transfer.to')}
            placeholder={t('assign.search')}
            nothingFoundMessage={t('assign.none')}
            data={[
              { group: t('assign.people'), items: people },
              { group: t('assign.queues'), items: queues },
            ].filter(({ items }) => items.length > 0)}
            value={to}
            onChange={setTo}
          />
          <Textarea label={t('transfer.note')} description={t('transfer.noteHint')} autosize minRows={3} maxRows={8} maxLength={20_000} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
          <FormError error={error} />
          <Group justify="flex-end">
            <Button type="submit" size="sm" disabled={!to} loading={busy}>
              {t('transfer.title')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
