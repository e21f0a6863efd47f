import { Button, Checkbox, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { FormError } from '@/components/FormError'
import { ListSkeleton } from '@/components/PageSkeleton'
import { pb } from '@/lib/pb'
import { toast } from '@/lib/toast'
import { useNames, useSettled } from '../api'
import { deleteMessage, editMessage, forwardMessage, openDialog, useDialog, type Dialog } from '../changes'
import { peopleFilter } from '../filters'
import type { Conversation, Message } from '../types'
import { nameOf, previewOf } from '../words'
import c from './MessageDialogs.module.css'

/** The most conversations a message goes to at once. */
const MOST = 20

const TITLES = { edit: 'edit.title', delete: 'delete.title', forward: 'forward.title' } as const

/** The dialogue about a message, wherever it was asked for. */
export default function MessageDialogs() {
  const { t } = useTranslation('inbox')
  const dialog = useDialog()
  const close = (): void => openDialog(undefined)
  return (
    <Modal opened={dialog !== undefined} onClose={close} title={dialog && t(TITLES[dialog.kind])} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      {dialog && <Content key={dialog.message.id} dialog={dialog} onClose={close} />}
    </Modal>
  )
}

function Content({ dialog: { kind, message }, onClose }: { dialog: Dialog; onClose: () => void }) {
  if (kind === 'edit') return <Edit message={message} onClose={onClose} />
  if (kind === 'delete') return <Delete message={message} onClose={onClose} />
  return <Forward message={message} onClose={onClose} />
}

function Edit({ message, onClose }: { message: Message; onClose: () => void }) {
  const { t } = useTranslation('inbox')
  const [text, setText] = useState(message.text)
  const save = useMutation({ mutationFn: () => editMessage(message, text), onSuccess: onClose })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack gap="sm">
        <Textarea
          data-autofocus
          label={t('edit.text')}
          autosize
          minRows={2}
          maxRows={12}
          maxLength={20_000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
            event.preventDefault()
            if (text.trim()) save.mutate()
          }}
        />
        <FormError error={save.error} />
        <Buttons label={t('app:common.save')} busy={save.isPending} disabled={!text.trim() || text.trim() === message.text} onClose={onClose} />
      </Stack>
    </form>
  )
}

function Delete({ message, onClose }: { message: Message; onClose: () => void }) {
  const { t } = useTranslation('inbox')
  const run = useMutation({ mutationFn: () => deleteMessage(message), onSuccess: onClose })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        run.mutate()
      }}
    >
      <Stack gap="sm">
        <Text size="sm">{message.kind === 'note' ? t('delete.note') : t('delete.text')}</Text>
        <FormError error={run.error} />
        <Buttons label={t('delete.confirm')} color="red" busy={run.isPending} onClose={onClose} />
      </Stack>
    </form>
  )
}

function Forward({ message, onClose }: { message: Message; onClose: () => void }) {
  const { t } = useTranslation('inbox')
  const names = useNames()
  const [q, setQ] = useState('')
  const asked = useSettled(q.trim())
  const [chosen, setChosen] = useState<ReadonlyMap<string, string>>(new Map())
  const found = useQuery({
    queryKey: ['conversations', 'forward', asked],
    gcTime: 10_000,
    queryFn: async ({ signal }) => {
      const filter = asked ? peopleFilter({ view: 'all', queue: '', channel: '', tag: '', q: asked }) : "status != 'closed'"
      return (await pb.collection('conversations').getList<Conversation>(1, 20, { filter, sort: '-last_message_at,-id', expand: 'contact', skipTotal: true, signal })).items
    },
  })
  const send = useMutation({
    mutationFn: () => forwardMessage(message, [...chosen.keys()]),
    onSuccess() {
      toast(t('forward.sent', { count: chosen.size }))
      onClose()
    },
  })

  function toggle(id: string, name: string): void {
    const next = new Map(chosen)
    if (!next.delete(id)) next.set(id, name)
    setChosen(next)
  }

  const rows = found.data?.filter(({ id }) => id !== message.conversation)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        send.mutate()
      }}
    >
      <Stack gap="sm">
        <blockquote className={c.what} data-user-text>
          {message.text || t(`kind.${message.kind}`, { defaultValue: t('kind.unsupported') })}
        </blockquote>
        <TextInput data-autofocus leftSection={<IconSearch size={15} />} placeholder={t('forward.search')} aria-label={t('forward.search')} value={q} onChange={(event) => setQ(event.currentTarget.value)} />
        <div className={c.list}>
          {!rows ? (
            <ListSkeleton height={44} rows={4} />
          ) : rows.length === 0 ? (
            <Text size="sm" c="dimmed" p="xs">
              {t('forward.nothing')}
            </Text>
          ) : (
            rows.map((row) => {
              const name = nameOf(row.expand?.contact, row.contact, t)
              return (
                <Checkbox
                  key={row.id}
                  className={c.row}
                  checked={chosen.has(row.id)}
                  disabled={!chosen.has(row.id) && chosen.size >= MOST}
                  onChange={() => toggle(row.id, name)}
                  label={<span data-user-text>{name}</span>}
                  description={<span data-user-text>{[names.channel(row.channel), previewOf(row, t)].filter(Boolean).join(' · ')}</span>}
                />
              )
            })
          )}
        </div>
        <Text size="xs" c="dimmed" aria-live="polite" data-user-text>
          {chosen.size > 0 ? [...chosen.values()].join(', ') : t('forward.hint')}
        </Text>
        <FormError error={send.error} />
        <Buttons label={t('forward.send', { count: chosen.size })} busy={send.isPending} disabled={chosen.size === 0} onClose={onClose} />
      </Stack>
    </form>
  )
}

function Buttons({ label, color, busy, disabled, onClose }: { label: string; color?: string; busy: boolean; disabled?: boolean; onClose: () => void }) {
  const { t } = useTranslation('inbox')
  return (
    <Group gap="xs" justify="flex-end">
      <Button variant="default" onClick={onClose}>
        {t('app:common.cancel')}
      </Button>
      <Button type="submit" {...(color ? { color } : {})} loading={busy} disabled={disabled ?? false}>
        {label}
      </Button>
    </Group>
  )
}
