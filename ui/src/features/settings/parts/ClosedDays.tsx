import { Button, Group, Pill, Text } from '@mantine/core'
import { useId, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { useFormat } from '@/lib/format'
import hours from '@/components/HoursEditor.module.css'

/** Dates on which nobody is there, whatever the weekday: holidays. */
export function ClosedDays({ value, onChange }: { value: string[]; onChange: (dates: string[]) => void }) {
  const { t } = useTranslation('settings')
  const format = useFormat()
  const id = useId()
  const [date, setDate] = useState('')
  // a civil date has no zone: noon UTC is the same day wherever it is shown
  const shown = (day: string) => new Intl.DateTimeFormat(format.locale, { timeZone: 'UTC', dateStyle: 'medium' }).format(new Date(`${day}T12:00:00Z`))

  return (
    <div>
      <Text size="sm" fw={500} component="label" htmlFor={id}>
        {t('queues.closed')}
      </Text>
      <Group gap="xs" mt={4}>
        <input id={id} type="date" className={hours.time} style={{ width: 160 }} value={date} onChange={(event) => setDate(event.currentTarget.value)} />
        <Button
          variant="default"
          disabled={!date || value.includes(date)}
          onClick={() => {
            onChange([...value, date].toSorted())
            setDate('')
          }}
        >
          {t('queues.closedAdd')}
        </Button>
      </Group>
      <Group gap={6} mt="xs">
        {value.map((day) => (
          <Pill key={day} withRemoveButton onRemove={() => onChange(value.filter((other) => other !== day))} removeButtonProps={{ 'aria-label': t('queues.closedRemove', { date: shown(day) }), tabIndex: 0, 'aria-hidden': false }}>
            {shown(day)}
          </Pill>
        ))}
      </Group>
    </div>
  )
}
