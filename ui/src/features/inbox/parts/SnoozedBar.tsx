import { Button } from '@mantine/core'
import { IconClockPause } from '@tabler/icons-react'
import { useTranslation } from '@/lib/useTranslation'
import { useFormat } from '@/lib/format'
import { useActions } from '../api'
import type { Conversation } from '../types'
import type { Rights } from '../useRights'
import c from './SnoozedBar.module.css'

/** Says until when the open conversation is put off, and wakes it. */
export function SnoozedBar({ conversation, rights }: { conversation: Conversation; rights: Rights }) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  const actions = useActions()
  if (conversation.status !== 'snoozed') return null
  const until = conversation.snoozed_until
  return (
    <div className={c.root} role="status">
      <IconClockPause size={16} stroke={1.6} />
      <span className={c.text}>{until ? t('snooze.until', { when: format.custom(until, { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' }) }) : t('snooze.untilReply')}</span>
      {rights.edit && (
        <Button variant="default" onClick={() => void actions.wake(conversation)}>
          {t('snooze.wake')}
        </Button>
      )}
    </div>
  )
}
