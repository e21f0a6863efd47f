import { TextInput, UnstyledButton } from '@mantine/core'
import { IconCheck, IconSearch, IconStack2, IconUserOff } from '@tabler/icons-react'
import { useEffect, useId, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { Avatar } from '@/components/Avatar'
import { fold } from '@/lib/fold'
import { useActions, useNames } from '../api'
import { useOnline } from '../presence'
import type { Conversation } from '../types'
import type { Rights } from '../useRights'
import c from './AssignPicker.module.css'

interface Choice {
  key: string
  name: string
  group: 'people' | 'queues'
  mark: ReactNode
  current: boolean
  run(): unknown
}

/** Whom a conversation can be given to. Comes when it is first asked for, and takes the keyboard. */
export default function AssignChoices({ conversation, rights, onDone }: { conversation: Conversation; rights: Rights; onDone: () => void }) {
  const { t } = useTranslation('inbox')
  const list = useId()
  const names = useNames()
  const actions = useActions()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const search = useRef<HTMLInputElement>(null)
  useEffect(() => search.current?.focus(), [])

  // what is mine I may pass on
  const any = rights.assign || conversation.assignee === rights.me
  const people = names.members
    .filter((member) => member.active && (any || member.id === rights.me))
    .sort((a, b) => Number(b.id === rights.me) - Number(a.id === rights.me))
  const all: Choice[] = [
    ...people.map((member): Choice => ({ key: member.id, group: 'people', name: member.id === rights.me ? t('assign.meNamed', { name: member.name }) : member.name, mark: <Face id={member.id} name={member.name} />, current: conversation.assignee === member.id, run: () => (member.id === rights.me ? actions.take(conversation) : actions.assign(conversation, member)) })),
    ...(conversation.assignee && any
      ? [{ key: 'nobody', group: 'people' as const, name: t('assign.nobody'), mark: <IconUserOff size={18} stroke={1.6} />, current: false, run: () => actions.assign(conversation, undefined) }]
      : []),
    ...(any ? names.queues : []).map((queue): Choice => ({ key: queue.id, group: 'queues', name: queue.name, mark: <IconStack2 size={18} stroke={1.6} style={queue.color ? { color: queue.color } : undefined} />, current: conversation.queue === queue.id, run: () => actions.queue(conversation, queue) })),
  ]
  const shown = all.filter(({ name }) => fold(name).includes(fold(text)))
  const active = shown[Math.min(at, shown.length - 1)]

  useEffect(() => {
    document.querySelector(`[data-choice="${active?.key}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [active?.key])

  function choose(choice: Choice | undefined): void {
    if (!choice) return
    onDone()
    if (!choice.current) void choice.run()
  }

  return (
    <>
      <TextInput
        ref={search}
        data-autofocus
        variant="unstyled"
        className={c.search}
        leftSection={<IconSearch size={15} />}
        placeholder={t('assign.search')}
        aria-label={t('assign.search')}
        role="combobox"
        aria-expanded
        aria-controls={list}
        aria-activedescendant={active && `${list}-${active.key}`}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setAt(0)
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault()
            setAt((at + (event.key === 'ArrowDown' ? 1 : -1) + shown.length) % Math.max(1, shown.length))
          } else if (event.key === 'Enter') {
            event.preventDefault()
            choose(active)
          }
        }}
      />
      <div id={list} role="listbox" aria-label={t('assign.title')} className={c.list}>
        {(['people', 'queues'] as const).map((group) => {
          const members = shown.filter((choice) => choice.group === group)
          return (
            members.length > 0 && (
              <div key={group} role="group" aria-label={t(`assign.${group}`)}>
                <div className={c.group} aria-hidden>
                  {t(`assign.${group}`)}
                </div>
                {members.map((choice) => (
                  <UnstyledButton
                    key={choice.key}
                    id={`${list}-${choice.key}`}
                    data-choice={choice.key}
                    role="option"
                    tabIndex={-1}
                    aria-selected={choice.current}
                    className={c.choice}
                    data-active={choice === active || undefined}
                    onPointerMove={() => setAt(shown.indexOf(choice))}
                    onClick={() => choose(choice)}
                  >
                    {choice.mark}
                    <span className={c.name}>{choice.name}</span>
                    {choice.current && <IconCheck size={15} />}
                  </UnstyledButton>
                ))}
              </div>
            )
          )
        })}
        {shown.length === 0 && <p className={c.none}>{t('assign.none')}</p>}
      </div>
    </>
  )
}

function Face({ id, name }: { id: string; name: string }) {
  return <Avatar name={name} size={22} online={useOnline(id)} />
}
