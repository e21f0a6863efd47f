import { Button, Group, Progress, Text } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useParams, useSearch } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { FormError } from '@/components/FormError'
import { Section } from '@/components/SettingsPage'
import { useFormat } from '@/lib/format'
import type { AgentPromptVersionsRecord, AgentsRecord } from '@/lib/pb-types'
import { closeRehearsal, lookAtRehearsal, openRehearsal, type Rehearsal } from './api'
import { Choice } from './parts/Choice'
import { Frame } from './parts/Frame'
import { Talk } from './parts/Talk'
import c from './Rehearsal.module.css'

/** A conversation that was held, and beside it what a version of the instructions would have said. */
export default function ReplayPage() {
  const { t } = useTranslation('rehearsal')
  const { conversation } = useParams({ from: '/c/$company/settings/ai-agents/replay/$conversation' })
  const { agent = '' } = useSearch({ from: '/c/$company/settings/ai-agents/replay/$conversation' })
  return (
    <Frame title={t('replay.title')} agent={agent}>
      {(record, versions) => <Replay key={record.id + conversation} agent={record} versions={versions} conversation={conversation} />}
    </Frame>
  )
}

function Replay({ agent, versions, conversation }: { agent: AgentsRecord; versions: AgentPromptVersionsRecord[]; conversation: string }) {
  const { t } = useTranslation('rehearsal')
  const format = useFormat()
  const [version, setVersion] = useState(versions[0]!.id)
  const [session, setSession] = useState('')
  const open = useRef('')
  const close = () => {
    const id = open.current
    open.current = ''
    if (id) void closeRehearsal(id).catch(() => undefined)
  }
  useEffect(() => close, [])
  const begin = useMutation({
    mutationFn() {
      close()
      return openRehearsal(agent.id, version, conversation)
    },
    onSuccess(opened) {
      open.current = opened.id
      setSession(opened.id)
    },
  })
  const replay = useQuery({
    queryKey: ['rehearsals', session],
    queryFn: () => lookAtRehearsal(session),
    enabled: session !== '',
    refetchInterval: (query: { state: { data?: Rehearsal | undefined } }) => (query.state.data?.done ? false : 500),
    gcTime: 0,
  })
  const shown = replay.data ?? begin.data
  const going = session !== '' && !shown?.done

  return (
    <Section title={t('replay.title')} text={t('replay.text')}>
      <Group align="flex-end">
        <Choice agent={agent} versions={versions} value={version} disabled={going || begin.isPending} onChange={setVersion} />
        <Button leftSection={<IconPlayerPlay size={15} />} loading={begin.isPending} disabled={going} onClick={() => begin.mutate()}>
          {t('replay.begin')}
        </Button>
      </Group>
      <FormError error={begin.error ?? replay.error} />
      {shown && shown.total > 0 && !shown.done && (
        <div className={c.progress}>
          <Text size="sm" role="status">
            {t('replay.progress', { done: shown.turns.length, total: shown.total })}
          </Text>
          <Progress value={(100 * shown.turns.length) / shown.total} aria-label={t('replay.title')} />
        </div>
      )}
      {shown?.problem && (
        <Text size="sm" c="red" role="alert">
          {t('replay.failed')}
        </Text>
      )}
      {shown && shown.turns.length > 0 && (
        <ol className={c.turns}>
          {shown.turns.map((turn, index) => (
            <li key={index}>
              <div className={c.said}>
                <span className={c.who}>
                  {t('who.customer')} · {format.dateTime(turn.at)}
                </span>
                {turn.said.map((text, at) => (
                  <p key={at} data-user-text>
                    {text}
                  </p>
                ))}
              </div>
              <div className={c.beside}>
                <section aria-label={t('replay.then')}>
                  <h3>{t('replay.then')}</h3>
                  {turn.then.length === 0 && <p className={c.none}>{t('replay.silent')}</p>}
                  {turn.then.map((answer, at) => (
                    <div key={at}>
                      <span className={c.who}>{t(`by.${answer.by || 'bot'}`)}</span>
                      <p data-user-text>{answer.text}</p>
                    </div>
                  ))}
                </section>
                <section aria-label={t('replay.now')}>
                  <h3>{t('replay.now')}</h3>
                  {turn.now.every(({ who }) => who !== 'agent') && <p className={c.none}>{t('replay.silent')}</p>}
                  <Talk lines={turn.now} />
                </section>
              </div>
            </li>
          ))}
        </ol>
      )}
    </Section>
  )
}
