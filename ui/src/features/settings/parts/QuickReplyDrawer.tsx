import { ActionIcon, Button, FileButton, Group, Text, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPaperclip, IconX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ConfirmButton } from '@/components/ConfirmButton'
import { removeRecord, saveRecord } from '@/lib/data'
import { currentCompany } from '@/lib/pb'
import type { QuickRepliesRecord } from '@/lib/pb-types'
import { toast } from '@/lib/toast'
import c from '../Settings.module.css'
import { FormDrawer } from '@/components/FormDrawer'

/** What a text can speak of. The server fills it in for each contact. */
const VARIABLES = ['contact.first_name', 'contact.name', 'me.first_name', 'me.name', 'company.name', 'company.phone', 'appointment.when', 'appointment.date', 'appointment.time', 'appointment.service', 'appointment.agenda'] as const
const FILES = 5

/** Writes or changes one quick reply; `owner` is whose a new one is, '' for everyone's. */
export function QuickReplyDrawer({ reply, owner, onClose }: { reply: QuickRepliesRecord | undefined; owner: string; onClose: () => void }) {
  const { t } = useTranslation('settings')
  const field = useRef<HTMLTextAreaElement>(null)
  const [added, setAdded] = useState<File[]>([])
  const [removed, setRemoved] = useState<string[]>([])
  const kept = reply?.files.filter((name) => !removed.includes(name)) ?? []
  const form = useForm({
    initialValues: { shortcut: reply?.shortcut ?? '', text: reply?.text ?? '' },
    validate: {
      shortcut: (shortcut) => (/^[\p{L}\p{N}][\p{L}\p{N}_-]{0,39}$/u.test(shortcut.replace(/^\//, '')) ? null : t('quick.shortcutWrong')),
      text: (text) => (text.trim() || kept.length + added.length > 0 ? null : t('quick.textMissing')),
    },
  })
  const save = useMutation({
    mutationFn({ shortcut, text }: typeof form.values) {
      const body = new FormData()
      body.set('shortcut', shortcut.replace(/^\//, '').toLowerCase())
      body.set('text', text)
      for (const file of added) body.append(reply ? 'files+' : 'files', file)
      for (const name of removed) body.append('files-', name)
      if (!reply) {
        body.set('company', currentCompany())
        body.set('owner', owner)
      }
      return saveRecord('quick_replies', reply?.id, body)
    },
    onSuccess() {
      toast(t('app:common.saved'))
      onClose()
    },
  })
  const remove = useMutation({ mutationFn: () => removeRecord('quick_replies', reply!.id), onSuccess: onClose })

  function insert(name: string): void {
    const element = field.current
    const { text } = form.values
    const from = element?.selectionStart ?? text.length
    const to = element?.selectionEnd ?? text.length
    const variable = `{{${name}}}`
    form.setFieldValue('text', text.slice(0, from) + variable + text.slice(to))
    requestAnimationFrame(() => {
      element?.focus()
      element?.setSelectionRange(from + variable.length, from + variable.length)
    })
  }

  return (
    <FormDrawer
      title={reply ? t('quick.edit', { name: reply.shortcut }) : owner ? t('quick.addMine') : t('quick.addShared')}
      size="lg"
      saving={save.isPending}
      error={save.error ?? remove.error}
      aside={
        reply && (
          <ConfirmButton size="sm" question={t('quick.removeText', { name: reply.shortcut })} confirm={t('quick.remove')} onConfirm={() => remove.mutateAsync().catch(() => undefined)}>
            {t('quick.remove')}
          </ConfirmButton>
        )
      }
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      onClose={onClose}
    >
      <TextInput label={t('quick.shortcut')} description={t('quick.shortcutHint')} leftSection="/" required data-autofocus maxLength={41} {...form.getInputProps('shortcut')} />
      <Textarea ref={field} label={t('quick.says')} autosize minRows={4} maxRows={14} maxLength={10_000} {...form.getInputProps('text')} />
      <div>
        <Text size="xs" c="dimmed" mb={6}>
          {t('quick.variables')}
        </Text>
        <Group gap={6}>
          {VARIABLES.map((name) => (
            <Button key={name} size="compact-xs" variant="default" title={`{{${name}}}`} onClick={() => insert(name)}>
              {t(`quick.variable.${name.replace('.', '_')}`)}
            </Button>
          ))}
        </Group>
      </div>
      {kept.length + added.length > 0 && (
        <ul className={c.rows} aria-label={t('quick.files')}>
          {kept.map((name) => (
            <FileRow key={name} name={name} onRemove={() => setRemoved([...removed, name])} />
          ))}
          {added.map((file) => (
            <FileRow key={file.name + file.size} name={file.name} onRemove={() => setAdded(added.filter((one) => one !== file))} />
          ))}
        </ul>
      )}
      <Group>
        <FileButton multiple onChange={(files) => setAdded([...added, ...files].slice(0, FILES - kept.length))}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconPaperclip size={15} />} disabled={kept.length + added.length >= FILES}>
              {t('quick.addFile')}
            </Button>
          )}
        </FileButton>
      </Group>
    </FormDrawer>
  )
}

function FileRow({ name, onRemove }: { name: string; onRemove: () => void }) {
  const { t } = useTranslation('settings')
  return (
    <li className={c.row}>
      <IconPaperclip size={15} aria-hidden />
      <span className={c.who} data-user-text>
        {name}
      </span>
      <ActionIcon size={28} aria-label={t('quick.removeFile', { name })} onClick={onRemove}>
        <IconX size={15} />
      </ActionIcon>
    </li>
  )
}
