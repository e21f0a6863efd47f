import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { addDays } from '@/features/calendar/time/zone'
import { useFormat } from '@/lib/format'
import { useActions } from '../api'
import { pickedInstant } from '../snooze'
import type { Conversation } from '../types'
import { useMinute } from '../useMinute'

/** Puts a conversation off to any day and time. */
export default function SnoozeModal({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  const actions = useActions()
  const now = useMinute()
  const today = format.dayKey(now)
  const [day, setDay] = useState(addDays(today, 1))
  const [time, setTime] = useState('09:00')
  const at = pickedInstant(day, time, format.timeZone)
  const past = at <= now

  function save(event: FormEvent): void {
    event.preventDefault()
    if (Number.isNaN(at) || past) return
    onClose()
    void actions.snooze(conversation, new Date(at).toISOString())
  }

  return (
    <Modal opened onClose={onClose} title={t('snooze.pickTitle')} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      <form onSubmit={save}>
        <Stack>
          <Group grow>
            <TextInput type="date" data-autofocus label={t('snooze.day')} min={today} max={addDays(today, 365)} value={day} onChange={(event) => setDay(event.currentTarget.value)} />
            <TextInput type="time" label={t('snooze.time')} value={time} onChange={(event) => setTime(event.currentTarget.value)} error={past && t('snooze.past')} />
          </Group>
          <Group justify="flex-end">
            <Button type="submit" size="sm" disabled={Number.isNaN(at) || past}>
              {t('snooze.title')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
