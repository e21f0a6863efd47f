import { Badge, Button, Group, NumberInput, Text, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Fragment, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ConfirmButton } from '@/components/ConfirmButton'
import { FormDrawer } from '@/components/FormDrawer'
import { FormError } from '@/components/FormError'
import { removeRecord, saveRecord } from '@/lib/data'
import { useFormat } from '@/lib/format'
import type { AgentPromptsRecord, AgentPromptVersionsRecord } from '@/lib/pb-types'
import { toast } from '@/lib/toast'
import { beside, release, versionsOptions } from '../api'
import c from '../Agents.module.css'

const VARIABLES = ['{{company.name}}', '{{company.phone}}', '{{contact.name}}', '{{contact.first_name}}', '{{today}}']
const COLORS = { draft: 'gray', tested: 'blue', live: 'green', retired: 'gray' } as const

/** Instructions and their versions: writing a new one, seeing what it changes, making it live, going back. */
export default function PromptDrawer({ known, onClose }: { known: AgentPromptsRecord | undefined; onClose: () => void }) {
  const { t } = useTranslation('agents')
  const [prompt, setPrompt] = useState(known)
  const [name, setName] = useState(known?.name ?? '')
  const [text, setText] = useState<string>()
  const [note, setNote] = useState('')
  const versions = useQuery(versionsOptions(prompt?.id ?? '')).data?.items ?? []
  const newest = versions[0]
  const written = text ?? newest?.text ?? ''

  const save = useMutation({
    async mutationFn() {
      const saved = prompt && name.trim() === prompt.name ? prompt : await saveRecord('agent_prompts', prompt?.id, { name: name.trim() })
      setPrompt(saved)
      if (written.trim() && written !== newest?.text) await saveRecord('agent_prompt_versions', undefined, { prompt: saved.id, text: written, note: note.trim(), parent: newest?.id ?? '' })
    },
    onSuccess() {
      setText(undefined)
      setNote('')
      toast(t('app:common.saved'))
    },
  })
  const remove = useMutation({ mutationFn: () => removeRecord('agent_prompts', prompt!.id), onSuccess: onClose })

  return (
    <FormDrawer
      title={prompt ? prompt.name : t('prompts.add')}
      size="lg"
      saving={save.isPending}
      error={save.error ?? remove.error}
      aside={
        prompt && (
          <ConfirmButton size="sm" question={t('prompts.removeText')} confirm={t('prompts.remove')} onConfirm={() => remove.mutateAsync().catch(() => undefined)}>
            {t('prompts.remove')}
          </ConfirmButton>
        )
      }
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
      onClose={onClose}
    >
      <TextInput label={t('prompts.name')} required data-autofocus maxLength={80} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <Textarea label={t('prompts.says')} description={t('prompts.saysHint')} autosize minRows={6} maxRows={18} maxLength={30_000} value={written} onChange={(event) => setText(event.currentTarget.value)} />
      <Group gap={6}>
        {VARIABLES.map((variable) => (
          <Button key={variable} size="compact-xs" variant="default" translate="no" onClick={() => setText(written + variable)}>
            {variable}
          </Button>
        ))}
        <Text size="xs" c="dimmed" ml="auto">
          {t('prompts.tokens', { count: Math.ceil(written.length / 4) })}
        </Text>
      </Group>
      {text !== undefined && text !== newest?.text && (
        <TextInput label={t('prompts.note')} description={t('prompts.noteHint')} maxLength={500} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
      )}
      {versions.length > 0 && (
        <section aria-label={t('prompts.versions')}>
          <Text fw={600} size="sm" component="h3" m={0}>
            {t('prompts.versions')}
          </Text>
          {versions.map((version) => (
            <Version key={version.id} version={version} parent={versions.find((other) => other.id === version.parent)} alone={!versions.some((other) => other.state === 'live' && other.id !== version.id)} />
          ))}
        </section>
      )}
    </FormDrawer>
  )
}

function Version({ version, parent, alone }: { version: AgentPromptVersionsRecord; parent: AgentPromptVersionsRecord | undefined; alone: boolean }) {
  const { t } = useTranslation('agents')
  const format = useFormat()
  const [shown, setShown] = useState(false)
  const [share, setShare] = useState<number | string>(10)
  const move = useMutation({ mutationFn: ({ state, weight }: { state: string; weight?: number }) => release(version.id, state, weight) })
  const state = version.state || 'draft'
  return (
    <div className={c.version}>
      <div className={c.head}>
        <Text size="sm" fw={500}>
          {t('prompts.number', { number: version.number })}
        </Text>
        <Badge variant="light" color={COLORS[state]}>
          {state === 'live' && version.weight < 100 ? t('prompts.share', { share: version.weight }) : t(`state.${state}`)}
        </Badge>
        <Text size="xs" c="dimmed">
          {format.dateTime(version.created)}
        </Text>
        <Button size="compact-xs" variant="subtle" ml="auto" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {shown ? t('prompts.hide') : t('prompts.compare')}
        </Button>
      </div>
      {version.note && (
        <Text size="sm" c="dimmed" data-user-text>
          {version.note}
        </Text>
      )}
      {shown && (
        <pre className={c.diff} data-sides={Boolean(parent)} data-user-text>
          {parent
            ? beside(parent.text, version.text).map(({ was, is }, index) => (
                <Fragment key={index}>
                  <span data-kind={was === is ? 'same' : was === undefined ? 'none' : 'gone'}>{was || ' '}</span>
                  <span data-kind={was === is ? 'same' : is === undefined ? 'none' : 'new'}>{is || ' '}</span>
                </Fragment>
              ))
            : version.text}
        </pre>
      )}
      <Group gap={6} mt={6}>
        {(state !== 'live' || version.weight < 100) && (
          <Button size="compact-sm" variant="default" loading={move.isPending} onClick={() => move.mutate({ state: 'live' })}>
            {state === 'retired' ? t('prompts.rollBack') : t('prompts.release')}
          </Button>
        )}
        {state !== 'live' && !alone && (
          <Group gap={4}>
            <NumberInput size="xs" w={72} min={1} max={99} suffix=" %" aria-label={t('prompts.shareOf')} value={share} onChange={setShare} />
            <Button size="compact-sm" variant="default" loading={move.isPending} onClick={() => move.mutate({ state: 'live', weight: Number(share) || 10 })}>
              {t('prompts.try')}
            </Button>
          </Group>
        )}
        {state === 'live' && !alone && (
          <Button size="compact-sm" variant="default" loading={move.isPending} onClick={() => move.mutate({ state: 'retired' })}>
            {t('prompts.retire')}
          </Button>
        )}
      </Group>
      <FormError error={move.error} />
    </div>
  )
}
