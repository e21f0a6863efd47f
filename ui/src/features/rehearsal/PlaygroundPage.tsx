import { Button, Group, Text, Textarea } from '@mantine/core'
import { IconMessageCircle, IconSend } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { EmptyState } from '@/components/EmptyState'
import { FormError } from '@/components/FormError'
import { Section } from '@/components/SettingsPage'
import { useCompany } from '@/lib/company'
import { useFormat } from '@/lib/format'
import type { AgentPromptVersionsRecord, AgentsRecord } from '@/lib/pb-types'
import { amountOf, closeRehearsal, openRehearsal, sayIn, usedBy, type Line } from './api'
import { Choice } from './parts/Choice'
import { Frame } from './parts/Frame'
import { Talk } from './parts/Talk'
import c from './Rehearsal.module.css'

/** Talks to a version of an agent's instructions against a copy of the agenda. Nothing is booked, nobody is written to. */
export default function PlaygroundPage() {
  const { t } = useTranslation('rehearsal')
  const { agent } = useParams({ from: '/c/$company/settings/ai-agents/playground/$agent' })
  return (
    <Frame title={t('playground.title')} agent={agent}>
      {(record, versions) => <Playground key={record.id} agent={record} versions={versions} />}
    </Frame>
  )
}

function Playground({ agent, versions }: { agent: AgentsRecord; versions: AgentPromptVersionsRecord[] }) {
  const { t } = useTranslation('rehearsal')
  const format = useFormat()
  const currency = useCompany()?.currency || 'USD'
  const [version, setVersion] = useState(versions[0]!.id)
  const [lines, setLines] = useState<Line[]>([])
  const [text, setText] = useState('')
  const session = useRef('')
  const close = () => {
    const id = session.current
    session.current = ''
    if (id) void closeRehearsal(id).catch(() => undefined)
  }
  useEffect(() => close, [])

  const say = useMutation({
    async mutationFn({ words, payload = '' }: { words: string; payload?: string }) {
      session.current ||= (await openRehearsal(agent.id, version)).id
      return sayIn(session.current, words, payload)
    },
    onMutate: ({ words }) => setLines((before) => [...before, { who: 'customer', text: words }]),
    onSuccess: (answer) => setLines((before) => [...before.slice(0, -1), ...answer.lines]),
    onError: (_, { words }) => {
      setLines((before) => before.slice(0, -1))
      setText((now) => now || words)
    },
  })
  const begin = () => {
    close()
    setLines([])
    say.reset()
  }
  const send = () => {
    const words = text.trim()
    if (!words || say.isPending) return
    setText('')
    say.mutate({ words })
  }
  const used = usedBy(lines)

  return (
    <Section
      title={t('playground.title')}
      text={t('playground.text')}
      action={
        lines.length > 0 && (
          <Button variant="default" disabled={say.isPending} onClick={begin}>
            {t('playground.again')}
          </Button>
        )
      }
    >
      <Choice
        agent={agent}
        versions={versions}
        value={version}
        disabled={say.isPending}
        onChange={(chosen) => {
          begin()
          setVersion(chosen)
        }}
      />
      {lines.length === 0 ? (
        <EmptyState icon={IconMessageCircle} title={t('playground.empty')} text={t('playground.emptyText')} />
      ) : (
        <div aria-live="polite" className={c.stage}>
          <Talk lines={lines} onTap={say.isPending ? undefined : ({ id, label }) => say.mutate({ words: label, payload: id })} />
          {say.isPending && (
            <Text size="sm" c="dimmed" role="status">
              {t('playground.thinking')}
            </Text>
          )}
        </div>
      )}
      <FormError error={say.error} />
      <form
        className={c.composer}
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <Textarea
          aria-label={t('playground.write')}
          placeholder={t('playground.write')}
          autosize
          minRows={1}
          maxRows={6}
          maxLength={4000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
            event.preventDefault()
            send()
          }}
        />
        <Button type="submit" leftSection={<IconSend size={15} />} loading={say.isPending} disabled={!text.trim()}>
          {t('playground.send')}
        </Button>
      </form>
      {used.tokens > 0 && (
        <Group mt="xs">
          <Text size="xs" c="dimmed">
            {t('playground.total', { tokens: format.number(used.tokens), cost: format.number(amountOf(used.cost, currency), { style: 'currency', currency, maximumFractionDigits: 4 }) })}
          </Text>
        </Group>
      )}
    </Section>
  )
}
