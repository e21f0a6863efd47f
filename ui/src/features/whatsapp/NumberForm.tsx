import { NativeSelect, NumberInput, Select, Stack, Switch, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { SaveBar } from '@/components/SaveBar'
import { Section } from '@/components/SettingsPage'
import { listOptions, saveRecord } from '@/lib/data'
import type { ChannelsRecord } from '@/lib/pb-types'
import { toast, toastError } from '@/lib/toast'
import c from '../settings/Settings.module.css'
import { LinkPanel } from './parts/LinkPanel'
import { WhoIsAnswered } from './parts/WhoIsAnswered'

interface Settings {
  answer?: string
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
    auto_close_hours: settings.auto_close_hours ?? 0,
    auto_close_text: settings.auto_close_text ?? '',
  }
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
        settings: { ...(channel.settings as object | null), ...settings, auto_close_hours: settings.auto_close_hours || 0, auto_close_text: settings.auto_close_text.trim() },
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
            {form.values.auto_close_hours > 0 && (
              <Textarea label={t('channels.autoCloseText')} description={t('channels.autoCloseTextHint')} autosize minRows={2} maxRows={5} maxLength={1000} {...form.getInputProps('auto_close_text')} />
            )}
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
