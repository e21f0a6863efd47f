import { Anchor, Button, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconRefresh } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ConfirmButton } from '@/components/ConfirmButton'
import { ErrorState } from '@/components/ErrorState'
import { FormDrawer } from '@/components/FormDrawer'
import { FormError } from '@/components/FormError'
import { ListSkeleton } from '@/components/PageSkeleton'
import { oneOptions, removeRecord, saveRecord } from '@/lib/data'
import { useFormat } from '@/lib/format'
import type { KnowledgeRecord } from '@/lib/pb-types'
import { toast } from '@/lib/toast'
import { label, readAgain } from '../api'
import c from '../Knowledge.module.css'

interface Props {
  /** The source, or '' for a new one. */
  id: string
  kind: 'page' | 'address' | undefined
  onClose: () => void
}

/** One source: what it says or where it is, how it was read, and reading it again. */
export default function SourceDrawer({ id, kind: wanted, onClose }: Props) {
  const { t } = useTranslation('knowledge')
  const known = useQuery(oneOptions('knowledge', id))
  const source = known.data
  const kind = source?.kind || wanted || 'page'
  const form = useForm({
    initialValues: { title: '', text: '', url: '' },
    validate: {
      title: (title) => (kind !== 'page' || title.trim() ? null : t('titleMissing')),
      text: (text) => (kind !== 'page' || text.trim() ? null : t('textMissing')),
      url: (url) => (kind !== 'address' || /^(https?:\/\/)?[^\s/]+\.[^\s]+$/i.test(url.trim()) || /^https?:\/\/\S+$/i.test(url.trim()) ? null : t('urlWrong')),
    },
  })
  const loaded = source?.id
  useEffect(() => {
    if (source) form.initialize({ title: source.title, text: source.text, url: source.url })
    // oxlint-disable-next-line react/exhaustive-deps -- once for each source: what the feed brings later is not put over what is typed
  }, [loaded])
  const save = useMutation({
    mutationFn: ({ title, text, url }: typeof form.values) => saveRecord('knowledge', id || undefined, { ...(id ? {} : { kind }), title: title.trim(), ...(kind === 'page' ? { text } : {}), ...(kind === 'address' ? { url: url.trim() } : {}) }),
    onSuccess() {
      toast(t('app:common.saved'))
      onClose()
    },
  })
  const again = useMutation({ mutationFn: () => readAgain(id) })
  const remove = useMutation({ mutationFn: () => removeRecord('knowledge', id), onSuccess: onClose })

  return (
    <FormDrawer
      title={source ? label(source) : t(kind === 'address' ? 'addAddress' : 'addPage')}
      size="lg"
      saving={save.isPending}
      error={save.error ?? remove.error}
      aside={
        source && (
          <ConfirmButton size="sm" question={t('removeText')} confirm={t('remove')} onConfirm={() => remove.mutateAsync().catch(() => undefined)}>
            {t('remove')}
          </ConfirmButton>
        )
      }
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      onClose={onClose}
    >
      {known.error ? (
        <ErrorState error={known.error} onRetry={() => void known.refetch()} />
      ) : id && !source ? (
        <ListSkeleton height={52} rows={3} />
      ) : (
        <>
          {kind === 'address' && <TextInput label={t('url')} description={t('urlHint')} required data-autofocus={id ? undefined : true} maxLength={2000} inputMode="url" {...form.getInputProps('url')} />}
          <TextInput label={t('name')} description={kind === 'page' ? undefined : t('nameHint')} required={kind === 'page'} data-autofocus={kind === 'page' && !id ? true : undefined} maxLength={200} {...form.getInputProps('title')} />
          {kind === 'page' && <Textarea label={t('says')} description={t('saysHint')} required autosize minRows={8} maxRows={24} maxLength={100_000} {...form.getInputProps('text')} />}
          {source && (
            <>
              <Facts source={source} />
              <FormError error={again.error} />
              <Button variant="default" size="sm" leftSection={<IconRefresh size={15} />} loading={again.isPending} disabled={source.state === 'reading'} onClick={() => again.mutate()} style={{ alignSelf: 'flex-start' }}>
                {t('again')}
              </Button>
            </>
          )}
        </>
      )}
    </FormDrawer>
  )
}

/** How a source was read. */
function Facts({ source }: { source: KnowledgeRecord }) {
  const { t } = useTranslation('knowledge')
  const format = useFormat()
  const state = source.state || 'waiting'
  return (
    <>
      {state === 'failed' && <FormError text={`${t(`problem.${source.problem}`, { defaultValue: t('problem.broken') })}${source.pieces > 0 ? ` ${t('oldKept')}` : ''}`} />}
      <dl className={c.facts}>
        <dt>{t('stateLabel')}</dt>
        <dd>{t(`state.${state}`)}</dd>
        {source.kind === 'file' && (
          <>
            <dt>{t('file')}</dt>
            <dd data-user-text>{source.name}</dd>
          </>
        )}
        {source.kind === 'address' && (
          <>
            <dt>{t('url')}</dt>
            <dd data-user-text>
              <Anchor size="sm" href={source.url} target="_blank" rel="noreferrer noopener">
                {source.url}
              </Anchor>
            </dd>
          </>
        )}
        <dt>{t('size')}</dt>
        <dd>{[format.bytes(source.size), source.pieces > 0 && t('pieces', { count: source.pieces })].filter(Boolean).join(' · ')}</dd>
        {source.vectors > 0 && (
          <>
            <dt>{t('meaning')}</dt>
            <dd>{t('meaningOf', { count: source.vectors, all: source.pieces })}</dd>
          </>
        )}
        {source.read_at && (
          <>
            <dt>{t('readAt')}</dt>
            <dd>{format.dateTime(source.read_at)}</dd>
          </>
        )}
        {source.kind === 'address' && source.due && (
          <>
            <dt>{t('next')}</dt>
            <dd>{format.dateTime(source.due)}</dd>
          </>
        )}
      </dl>
    </>
  )
}
