import { ActionIcon, Button, Group, NumberInput, Select, Stack, Text, Textarea } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from '@/lib/useTranslation'
import { LANG_NAMES, LANGS } from '@/lib/i18n'
import { MOST_REMINDERS, remindersFault, type Reminders } from '../reminders'
import c from '../AgendaSettings.module.css'

/** When customers are reminded, by which way first, and in which words. */
export function RemindersEditor({ value, onChange }: { value: Reminders; onChange: (value: Reminders) => void }) {
  const { t } = useTranslation('agendas')
  const { offsets, channels, texts } = value
  const put = (index: number, minutes: number) => onChange({ ...value, offsets: offsets.with(index, minutes) })
  const wrong = remindersFault(offsets)

  return (
    <Stack gap="sm">
      {offsets.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('reminders.none')}
        </Text>
      )}
      {offsets.map((minutes, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a row is its place
        <Offset key={index} index={index} minutes={minutes} onChange={(next) => put(index, next)} onRemove={() => onChange({ ...value, offsets: offsets.toSpliced(index, 1) })} />
      ))}
      {wrong && (
        <Text size="xs" c="var(--app-danger)" role="alert">
          {t('reminders.wrong')}
        </Text>
      )}
      {offsets.length < MOST_REMINDERS && (
        <Group>
          <Button variant="default" leftSection={<IconPlus size={15} />} onClick={() => onChange({ ...value, offsets: [...offsets, 1440] })}>
            {t('reminders.add')}
          </Button>
        </Group>
      )}
      <Select
        label={t('reminders.channels')}
        description={t('reminders.channelsHint')}
        value={channels.join(' ')}
        onChange={(chosen) => chosen && onChange({ ...value, channels: chosen.split(' ') as Reminders['channels'] })}
        data={['chat email', 'email chat', 'chat', 'email'].map((order) => ({ value: order, label: t(`reminders.order_${order.replace(' ', '_')}`) }))}
      />
      <details className={c.more}>
        <summary>{t('reminders.words')}</summary>
        <Stack gap="sm" mt="xs">
          <Text size="xs" c="dimmed">
            {t('reminders.wordsHint')} <span translate="no">{'{name} {service} {when} {company}'}</span>
          </Text>
          {LANGS.map((lang) => (
            <Textarea key={lang} label={LANG_NAMES[lang]} lang={lang} autosize minRows={2} maxRows={6} maxLength={1000} value={texts[lang] ?? ''} onChange={(event) => onChange({ ...value, texts: { ...texts, [lang]: event.currentTarget.value } })} />
          ))}
        </Stack>
      </details>
    </Stack>
  )
}

function Offset({ index, minutes, onChange, onRemove }: { index: number; minutes: number; onChange: (minutes: number) => void; onRemove: () => void }) {
  const { t } = useTranslation('agendas')
  const unit = minutes > 0 && minutes % 1440 === 0 ? 1440 : 60
  const label = t('reminders.before', { number: index + 1 })
  return (
    <div className={c.offset}>
      <NumberInput aria-label={label} size="sm" min={1} allowDecimal={false} hideControls value={minutes / unit} onChange={(count) => onChange(Math.round(Number(count) * unit))} />
      <Select
        aria-label={t('unit.of', { label })}
        size="sm"
        value={String(unit)}
        onChange={(chosen) => chosen && onChange((minutes / unit) * Number(chosen))}
        data={[
          { value: '60', label: t('unit.hours') },
          { value: '1440', label: t('unit.days') },
        ]}
      />
      <span className={c.meta}>{t('reminders.beforeWord')}</span>
      <ActionIcon size={34} onClick={onRemove} aria-label={t('reminders.remove', { number: index + 1 })}>
        <IconTrash size={16} />
      </ActionIcon>
    </div>
  )
}
