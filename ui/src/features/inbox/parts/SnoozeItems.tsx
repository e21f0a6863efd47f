import { Menu } from '@mantine/core'
import { IconCalendarTime, IconClockPause, IconMessageReply } from '@tabler/icons-react'
import { useTranslation } from '@/lib/useTranslation'
import { useFormat } from '@/lib/format'
import { useActions } from '../api'
import { snoozePresets } from '../snooze'
import type { Conversation } from '../types'
import { useMinute } from '../useMinute'

/** What a menu offers for putting a conversation off. */
export function SnoozeItems({ conversation, onPick }: { conversation: Conversation; onPick: () => void }) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  const actions = useActions()
  const now = useMinute()
  const snooze = (at?: number): void => void actions.snooze(conversation, at === undefined ? '' : new Date(at).toISOString())
  return (
    <>
      {snoozePresets(now, format.timeZone).map(({ preset, at }) => (
        <Menu.Item key={preset} leftSection={<IconClockPause size={16} />} rightSection={<small>{format.custom(at, preset === 'later' ? { hour: 'numeric', minute: '2-digit' } : { weekday: 'short', hour: 'numeric', minute: '2-digit' })}</small>} onClick={() => snooze(at)}>
          {t(`snooze.${preset}`)}
        </Menu.Item>
      ))}
      <Menu.Item leftSection={<IconCalendarTime size={16} />} onClick={onPick}>
        {t('snooze.pick')}
      </Menu.Item>
      <Menu.Item leftSection={<IconMessageReply size={16} />} onClick={() => snooze()}>
        {t('snooze.reply')}
      </Menu.Item>
    </>
  )
}
