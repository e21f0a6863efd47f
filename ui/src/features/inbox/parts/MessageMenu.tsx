import { Menu } from '@mantine/core'
import { IconArrowBackUp, IconArrowForwardUp, IconCopy, IconPencil, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { copyText } from '@/lib/clipboard'
import { useMe } from '@/lib/company'
import { useNames } from '../api'
import { EMOJI, openDialog, possible, react, reactionsOf, useCapabilities } from '../changes'
import { answer } from '../drafts'
import type { Message } from '../types'
import c from './MessageMenu.module.css'

interface Props {
  message: Message
  who: string
  me: string
  className: string
}

/** What can be done to a message: answer, react, forward, copy, edit, delete. Opens as it is first drawn. */
export default function MessageMenu({ message, who, me, className }: Props) {
  const { t } = useTranslation('inbox')
  const { can } = useMe()
  const names = useNames()
  const all = useCapabilities()
  const [open, setOpen] = useState(true)
  const channel = all?.[names.channels.find(({ id }) => id === message.channel)?.kind ?? '']
  const may = possible(message, channel, { me, wide: can('inbox.edit_all') })
  const mine = reactionsOf(message).find(({ by }) => by === me)?.emoji
  const inside = message.kind === 'note' || !channel?.react

  return (
    <Menu opened={open} onChange={setOpen} position="bottom-end" shadow="md" width={236} returnFocus={false}>
      <Menu.Target>
        <button type="button" className={className} aria-label={t('actions')} />
      </Menu.Target>
      <Menu.Dropdown aria-label={t('actions')}>
        <div className={c.emoji} role="group" aria-label={inside ? t('react.inside') : t('react.shown', { name: who })} title={inside ? t('react.inside') : t('react.shown', { name: who })}>
          {EMOJI.map((emoji) => (
            <Menu.Item key={emoji} className={c.one} data-mine={emoji === mine || undefined} aria-label={t('react.with', { emoji })} onClick={() => void react(message, me, emoji)}>
              {emoji}
            </Menu.Item>
          ))}
        </div>
        <Menu.Divider />
        {may.reply && (
          <Menu.Item leftSection={<IconArrowBackUp size={16} />} onClick={() => answer(message.conversation, message.id, message.kind === 'note')}>
            {t('quote.reply')}
          </Menu.Item>
        )}
        {may.forward && (
          <Menu.Item leftSection={<IconArrowForwardUp size={16} />} onClick={() => openDialog({ kind: 'forward', message })}>
            {t('forward.open')}
          </Menu.Item>
        )}
        {message.text && (
          <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => void copyText(message.text)}>
            {t('copy')}
          </Menu.Item>
        )}
        {may.edit && (
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => openDialog({ kind: 'edit', message })}>
            {t('edit.open')}
          </Menu.Item>
        )}
        {may.delete && (
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => openDialog({ kind: 'delete', message })}>
            {t('delete.open')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
