import { NativeSelect, NumberInput, Select, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/lib/useTranslation'
import { SaveBar } from '@/components/SaveBar'
import { Section } from '@/components/SettingsPage'
import { listOptions, saveRecord } from '@/lib/data'
import { useFormat } from '@/lib/format'
import type { ChannelsRecord } from '@/lib/pb-types'
import { toast, toastError } from '@/lib/toast'
import c from '../settings/Settings.module.css'
import { linkOptions } from './api'
import { LinkPanel } from './parts/LinkPanel'
import { WhoIsAnswered } from './parts/WhoIsAnswered'

interface Settings {
  answer?: string
  cold_limit?: number
  groups?: string
  history_days?: number
  read_back?: boolean
  call_reply?: string
  auto_close_hours?: number
  auto_close_text?: string
}

function valuesOf(channel: ChannelsRecord) {
  const settings = (channel.settings as Settings | null) ?? {}
  return {
    name: channel.name,
    answerer: channel.answerer || 'bot',
    queue: channel.queue,
    active: channel.active,
    answer: settings.answer || 'nobody',
    cold_limit: settings.cold_limit ?? ('' as number | string),
    groups: settings.groups || 'ignored',
    history_days: String(settings.history_days ?? 0),
    read_back: settings.read_back ?? true,
    call_reply: settings.call_reply ?? '',
    auto_close_hours: settings.auto_close_hours ?? 0,
    auto_close_text: settings.auto_close_text ?? '',
  }
}

/** How far back chats are brought in, in days. */
const ALL = 3650
const HISTORY = [0, 7, 30, 90, 365, ALL]

/** How many new people the number has written to, and when the next one can be. */
function Budget({ channel }: { channel: string }) {
  const { t } = useTranslation('settings')
  const format = useFormat()
  const cold = useQuery(linkOptions(channel)).data?.cold
  if (!cold) return null
  return (
    <Text size="sm" c="dimmed">
      {[t('number.coldUsed', { used: cold.used, limit: cold.limit }), cold.waiting > 0 && t('number.coldWaiting', { count: cold.waiting }), cold.until && t('number.coldUntil', { when: format.dateTime(cold.until) })].filter(Boolean).join(' ')}
    </Text>
  )
}

/** How much of the earlier chats is there. */
function Brought({ channel }: { channel: string }) {
  const { t } = useTranslation('settings')
  const history = useQuery(linkOptions(channel)).data?.history
  if (!history || (history.added === 0 && history.parts === 0)) return null
  return (
    <Text size="sm" c="dimmed" aria-live="polite">
      {[t('number.historyAdded', { count: history.added }), history.parts > 0 && t('number.historyParts', { count: history.parts })].filter(Boolean).join(' ')}
    </Text>
  )
}

/** Everything about one WhatsApp number: its link, whom it answers, where its conversations wait. */
export function NumberForm({ channel }: { channel: ChannelsRecord }) {
  const { t } = useTranslation('settings')
  const queues = useQuery(listOptions('queues', { sort: 'name' }))
  const form = useForm({ initialValues: valuesOf(channel), validate: { name: (name) => (name.trim() ? null : t('channels.nameMissing')) } })
  const save = useMutation({
    mutationFn({ name, answerer, queue, active, ...settings }: typeof form.values) {
      return saveRecord('channels', channel.id, {
        name: name.trim(),
        answerer: answerer as ChannelsRecord['answerer'],
        queue,
        active,
        settings: {
          ...(channel.settings as object | null),
          ...settings,
          // left empty, the table decides
          cold_limit: settings.cold_limit === '' ? undefined : Number(settings.cold_limit),
          history_days: Number(settings.history_days),
          call_reply: settings.call_reply.trim(),
          auto_close_hours: settings.auto_close_hours || 0,
          auto_close_text: settings.auto_close_text.trim(),
        },
      })
    },
    onSuccess(saved) {
      const values = valuesOf(saved)
      form.setValues(values)
      form.resetDirty(values)
      toast(t('app:common.saved'))
    },
    onError: (error, values) => toastError(error, () => save.mutate(values)),
  })

  return (
    <div className={c.form}>
      <LinkPanel channel={channel} />
      <form onSubmit={form.onSubmit((values) => save.mutate(values))} className={c.form}>
        <Section title={t('channels.answers')}>
          <Stack gap="sm">
            <NativeSelect
              label={t('number.answer')}
              description={t('number.answerHint')}
              data={['nobody', 'new', 'everyone'].map((value) => ({ value, label: t(`number.answer_${value}`) }))}
              {...form.getInputProps('answer')}
            />
            {form.values.answer !== 'nobody' && form.isDirty('answer') && <WhoIsAnswered channel={channel.id} answer={form.values.answer} />}
            <Select
              label={t('channels.answerer')}
              description={t('channels.answererHint')}
              data={(['bot', 'none'] as const).map((value) => ({ value, label: t(`channels.answerer_${value}`) }))}
              {...form.getInputProps('answerer')}
            />
            <Select
              label={t('channels.queue')}
              description={t('channels.queueHint')}
              data={[{ value: '', label: t('channels.noQueue') }, ...(queues.data?.items ?? []).map((queue) => ({ value: queue.id, label: queue.name }))]}
              {...form.getInputProps('queue')}
            />
            <NumberInput label={t('channels.autoClose')} description={t('channels.autoCloseHint')} suffix={` ${t('company.hoursUnit')}`} min={0} max={8760} allowDecimal={false} {...form.getInputProps('auto_close_hours')} />
            <Textarea label={t('number.callReply')} description={t('number.callReplyHint')} autosize minRows={1} maxRows={5} maxLength={1000} {...form.getInputProps('call_reply')} />
            {form.values.auto_close_hours > 0 && (
              <Textarea label={t('channels.autoCloseText')} description={t('channels.autoCloseTextHint')} autosize minRows={2} maxRows={5} maxLength={1000} {...form.getInputProps('auto_close_text')} />
            )}
          </Stack>
        </Section>
        <Section title={t('number.people')}>
          <Stack gap="sm">
            <NumberInput label={t('number.coldLimit')} description={t('number.coldLimitHint')} min={0} max={1000} allowDecimal={false} {...form.getInputProps('cold_limit')} />
            <Budget channel={channel.id} />
          </Stack>
        </Section>
        <Section title={t('number.chats')}>
          <Stack gap="sm">
            <NativeSelect label={t('number.groups')} description={t('number.groupsHint')} data={['ignored', 'read_only', 'handled'].map((value) => ({ value, label: t(`number.groups_${value}`) }))} {...form.getInputProps('groups')} />
            <NativeSelect label={t('number.history')} description={t('number.historyHint')} data={HISTORY.map((days) => ({ value: String(days), label: days === 0 ? t('number.history_0') : days === ALL ? t('number.history_all') : t('number.history_days', { count: days }) }))} {...form.getInputProps('history_days')} />
            <Brought channel={channel.id} />
            <Switch label={t('number.readBack')} description={t('number.readBackHint')} {...form.getInputProps('read_back', { type: 'checkbox' })} />
          </Stack>
        </Section>
        <Section title={t('number.channel')}>
          <Stack gap="sm">
            <TextInput label={t('channels.name')} description={t('channels.nameHint')} required {...form.getInputProps('name')} />
            <Switch label={t('channels.active')} description={t('number.activeHint')} {...form.getInputProps('active', { type: 'checkbox' })} />
          </Stack>
        </Section>
        <SaveBar dirty={form.isDirty()} saving={save.isPending} onDiscard={form.reset} />
      </form>
    </div>
  )
}
