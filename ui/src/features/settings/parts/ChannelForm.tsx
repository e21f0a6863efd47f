import { Anchor, NativeSelect, NumberInput, Select, Stack, Switch, TagsInput, Text, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDebouncedValue } from '@mantine/hooks'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ColorField } from '@/components/ColorField'
import { CopyField } from '@/components/CopyField'
import { SaveBar } from '@/components/SaveBar'
import { Section } from '@/components/SettingsPage'
import { listOptions, saveRecord } from '@/lib/data'
import { LANG_NAMES, LANGS } from '@/lib/i18n'
import type { ChannelsRecord } from '@/lib/pb-types'
import { snippet } from '@/lib/snippet'
import { toast, toastError } from '@/lib/toast'
import { channelBody, channelValues, originOf } from '../channelForm'
import c from '../Settings.module.css'

/** Everything about one website widget, with the real widget beside it. */
export function ChannelForm({ channel }: { channel: ChannelsRecord }) {
  const { t } = useTranslation('settings')
  const queues = useQuery(listOptions('queues', { sort: 'name' }))
  const agents = useQuery(listOptions('agents', { sort: 'name' }))
  const [shown, setShown] = useState(0)
  const form = useForm({
    initialValues: channelValues(channel),
    validate: {
      name: (name) => (name.trim() ? null : t('channels.nameMissing')),
      consent_text: (text, values) => (values.consent_mode === '' || text.trim() ? null : t('consent.wordsMissing')),
      privacy_url: (url) => (!url || /^https?:\/\//.test(url) ? null : t('channels.urlWrong')),
      origins: (origins) => (origins.every(originOf) ? null : t('channels.originWrong')),
    },
  })
  const save = useMutation({
    mutationFn: (values: typeof form.values) => saveRecord('channels', channel.id, channelBody(channel, values)),
    onSuccess(saved) {
      const values = channelValues(saved)
      form.setValues(values)
      form.resetDirty(values)
      setShown(shown + 1)
      toast(t('app:common.saved'))
    },
    onError: (error, values) => toastError(error, () => save.mutate(values)),
  })
  // what is being typed shows in the real widget, saved or not
  const { title, greeting, color, locale } = form.values
  const [preview] = useDebouncedValue(new URLSearchParams({ channel: channel.public_key, title, greeting, color, locale, open: '' }).toString(), 400)

  return (
    <div className={c.channel}>
      <form onSubmit={form.onSubmit((values) => save.mutate(values))} className={c.form}>
        <Section title={t('channels.look')}>
          <Stack gap="sm">
            <TextInput label={t('channels.name')} description={t('channels.nameHint')} required {...form.getInputProps('name')} />
            <TextInput label={t('channels.widgetTitle')} maxLength={60} {...form.getInputProps('title')} />
            <Textarea label={t('channels.greeting')} description={t('channels.greetingHint')} autosize minRows={2} maxRows={5} maxLength={500} {...form.getInputProps('greeting')} />
            <ColorField label={t('channels.color')} value={form.values.color} onChange={(color) => form.setFieldValue('color', color)} />
            <Select label={t('channels.locale')} data={LANGS.map((lang) => ({ value: lang, label: LANG_NAMES[lang] }))} {...form.getInputProps('locale')} />
            <TextInput label={t('channels.privacy')} description={t('channels.privacyHint')} type="url" placeholder="https://" {...form.getInputProps('privacy_url')} />
          </Stack>
        </Section>
        <Section title={t('consent.title')} text={t('consent.text')}>
          <Stack gap="sm">
            <NativeSelect label={t('consent.mode')} data={['', 'shown', 'accept'].map((value) => ({ value, label: t(`consent.mode_${value || 'off'}`) }))} {...form.getInputProps('consent_mode')} />
            {form.values.consent_mode !== '' && (
              <>
                <Textarea label={t('consent.words')} description={t('consent.wordsHint')} autosize minRows={2} maxRows={6} maxLength={2000} {...form.getInputProps('consent_text')} />
                <Switch label={t('consent.address')} description={t('consent.addressHint')} {...form.getInputProps('consent_address', { type: 'checkbox' })} />
              </>
            )}
          </Stack>
        </Section>
        <Section title={t('channels.answers')}>
          <Stack gap="sm">
            <Select
              label={t('channels.answerer')}
              description={t('channels.answererHint')}
              data={(['bot', 'agent', 'none'] as const).map((value) => ({ value, label: t(`channels.answerer_${value}`) }))}
              {...form.getInputProps('answerer')}
            />
            {form.values.answerer === 'agent' && (
              <Select
                label={t('channels.agent')}
                description={t('channels.agentHint')}
                data={[{ value: '', label: t('channels.noAgent') }, ...(agents.data?.items ?? []).map((agent) => ({ value: agent.id, label: agent.name }))]}
                {...form.getInputProps('agent')}
              />
            )}
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
            <Switch label={t('channels.active')} description={t('channels.activeHint')} {...form.getInputProps('active', { type: 'checkbox' })} />
          </Stack>
        </Section>
        <Section title={t('channels.embed')} text={t('channels.embedText')}>
          <Stack gap="md">
            <CopyField label={t('channels.snippet')} value={snippet(channel.public_key)} />
            <TagsInput
              label={t('channels.origins')}
              description={t('channels.originsHint')}
              placeholder={form.values.origins.length === 0 ? 'https://example.com' : undefined}
              splitChars={[',', ' ', ';']}
              {...form.getInputProps('origins')}
              onChange={(origins) => form.setFieldValue('origins', [...new Set(origins.map((origin) => originOf(origin) || origin))])}
            />
            {form.values.origins.length === 0 && (
              <Text size="xs" c="dimmed">
                {t('channels.originsEmpty')}
              </Text>
            )}
          </Stack>
        </Section>
        <SaveBar dirty={form.isDirty()} saving={save.isPending} onDiscard={form.reset} />
      </form>
      <div className={c.preview}>
        <Section
          title={t('channels.preview')}
          text={t('channels.previewText')}
          action={
            <Anchor href={`/demo?channel=${channel.public_key}`} target="_blank" rel="noreferrer" size="sm">
              {t('channels.open')}
            </Anchor>
          }
        >
          <iframe key={shown} className={c.frame} src={`/demo?${preview}`} title={t('channels.preview')} />
        </Section>
      </div>
    </div>
  )
}
