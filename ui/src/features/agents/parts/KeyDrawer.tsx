import { Alert, Autocomplete, Button, Group, PasswordInput, Stack, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconCheck, IconPlugConnected } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ConfirmButton } from '@/components/ConfirmButton'
import { FormDrawer } from '@/components/FormDrawer'
import { FormError } from '@/components/FormError'
import { removeRecord, saveRecord } from '@/lib/data'
import type { AiKeysRecord } from '@/lib/pb-types'
import { toast } from '@/lib/toast'
import { listOf, testKey } from '../api'

/** A key: where it goes, whether it works. What is stored is never shown. */
export default function KeyDrawer({ known, onClose }: { known: AiKeysRecord | undefined; onClose: () => void }) {
  const { t } = useTranslation('agents')
  const [saved, setSaved] = useState(known)
  const [model, setModel] = useState('')
  const form = useForm({
    initialValues: { name: known?.name ?? '', base_url: known?.base_url ?? 'https://api.openai.com/v1', key: '', stream: known?.stream ?? false, embedding_model: known?.embedding_model ?? '', transcribe_model: known?.transcribe_model ?? '' },
    validate: {
      name: (name) => (name.trim() ? null : t('keys.nameMissing')),
      base_url: (url) => (/^https?:\/\/\S+$/.test(url.trim()) ? null : t('keys.urlWrong')),
    },
  })
  const save = useMutation({
    mutationFn: ({ key, ...values }: typeof form.values) => saveRecord('ai_keys', saved?.id, { ...values, ...(key.trim() ? { key: key.trim() } : {}) }),
    onSuccess(record) {
      setSaved(record)
      form.setFieldValue('key', '')
      form.resetDirty()
      toast(t('app:common.saved'))
    },
  })
  const test = useMutation({ mutationFn: () => testKey(saved!.id, model.trim()), onSuccess: setSaved })
  const remove = useMutation({ mutationFn: () => removeRecord('ai_keys', saved!.id), onSuccess: onClose })
  const tested = test.data

  return (
    <FormDrawer
      title={saved ? saved.name : t('keys.add')}
      saving={save.isPending}
      error={save.error ?? remove.error}
      aside={
        saved && (
          <ConfirmButton size="sm" question={t('keys.removeText')} confirm={t('keys.remove')} onConfirm={() => remove.mutateAsync().catch(() => undefined)}>
            {t('keys.remove')}
          </ConfirmButton>
        )
      }
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      onClose={onClose}
    >
      <TextInput label={t('keys.name')} required data-autofocus maxLength={80} {...form.getInputProps('name')} />
      <TextInput label={t('keys.url')} description={t('keys.urlHint')} required type="url" maxLength={500} {...form.getInputProps('base_url')} />
      <PasswordInput
        label={t('keys.key')}
        description={saved?.last4 ? t('keys.keyKept', { last4: saved.last4 }) : t('keys.keyHint')}
        autoComplete="off"
        maxLength={2000}
        visibilityToggleButtonProps={{ 'aria-label': t('keys.show') }}
        {...form.getInputProps('key')}
      />
      <Switch label={t('keys.stream')} description={t('keys.streamHint')} {...form.getInputProps('stream', { type: 'checkbox' })} />
      <Autocomplete label={t('keys.embedding')} description={t('keys.embeddingHint')} data={listOf(saved?.models).filter((name) => /embed/i.test(name))} limit={20} maxLength={200} {...form.getInputProps('embedding_model')} />
      <Autocomplete label={t('keys.transcribe')} description={t('keys.transcribeHint')} data={listOf(saved?.models).filter((name) => /whisper|transcri|audio/i.test(name))} limit={20} maxLength={200} {...form.getInputProps('transcribe_model')} />
      {saved && (
        <Stack gap="xs">
          <Group align="flex-end" gap="xs">
            <Autocomplete flex={1} label={t('keys.model')} description={t('keys.modelHint')} data={listOf(saved.models)} limit={20} value={model} onChange={setModel} />
            <Button variant="default" size="sm" leftSection={<IconPlugConnected size={15} />} loading={test.isPending} disabled={form.isDirty()} onClick={() => test.mutate()}>
              {t('keys.test')}
            </Button>
          </Group>
          <FormError error={test.error} />
          {tested &&
            (tested.problem ? (
              <FormError text={t(`problem.${tested.problem}`)} />
            ) : (
              <Alert color="green" variant="light" role="status" icon={<IconCheck size={18} />} p="xs">
                {t('keys.fine', { count: listOf(tested.models).length })}
              </Alert>
            ))}
        </Stack>
      )}
    </FormDrawer>
  )
}
