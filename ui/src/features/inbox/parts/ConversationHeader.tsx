import { ActionIcon, Button, Menu, Popover } from '@mantine/core'
import { IconArrowLeft, IconArrowForwardUp, IconCheck, IconChevronDown, IconClockPause, IconDots, IconHandStop, IconLayoutSidebarRight, IconRobot, IconRotate, IconTag, IconUserShare } from '@tabler/icons-react'
import { forwardRef, lazy, memo, Suspense, useDeferredValue, useImperativeHandle, useLayoutEffect, useRef, useState, type RefObject } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { Avatar } from '@/components/Avatar'
import { ContactAvatar } from '@/components/ContactAvatar'
import { TagList } from '@/components/Tag'
import { tagIds } from '@/lib/tags'
import { changeConversation, useActions, type Names } from '../api'
import { useViewers } from '../presence'
import { showPhone } from '@/lib/phone'
import type { Conversation } from '../types'
import type { Panel } from '../usePanel'
import { nameOf } from '../words'
import { useRights, type Rights } from '../useRights'
import { AssignPicker } from './AssignPicker'
import { SnoozeItems } from './SnoozeItems'
import c from './ConversationHeader.module.css'

const SnoozeModal = lazy(() => import('./SnoozeModal'))
const TransferModal = lazy(() => import('./TransferModal'))
// fetched when tags are given
const TagField = lazy(async () => ({ default: (await import('@/components/TagField')).TagField }))

export interface HeaderHandle {
  assign(): void
}

interface Props {
  conversation: Conversation
  rights: Rights
  names: Names
  panel: Panel
  onBack: () => void
}

/** Who it is, who has it, and what can be done with it. */
export const ConversationHeader = forwardRef<HeaderHandle, Props>(function ConversationHeader({ conversation, rights, names, panel, onBack }, ref) {
  const { t } = useTranslation('inbox')
  const viewers = useViewers(conversation.id, rights.me)
  const [picking, setPicking] = useState(false)
  useImperativeHandle(ref, () => ({ assign: () => rights.edit && setPicking(true) }))

  // who it is comes with what was said; the buttons follow, and act on what is on the screen
  const later = useDeferredValue(conversation)
  const now = useRef(conversation)
  useLayoutEffect(() => {
    now.current = conversation
  })

  const contact = conversation.expand?.contact
  const name = nameOf(contact, conversation.contact, t)
  const channel = names.channels.find(({ id }) => id === conversation.channel)
  const below = [contact?.name && contact.phone ? showPhone(contact.phone) : contact?.name ? contact.email : '', channel?.name, names.queue(conversation.queue)].filter(Boolean)

  return (
    <header className={c.root}>
      <ActionIcon className={c.back} size={44} aria-label={t('back')} onClick={onBack}>
        <IconArrowLeft size={20} />
      </ActionIcon>
      <button type="button" className={c.who} onClick={panel.toggle} aria-expanded={panel.shown} aria-label={t('contact.of', { name })}>
        <ContactAvatar contact={conversation.contact} name={name} size={36} />
        <span className={c.text}>
          <span className={c.name} data-user-text>{name}</span>
          <span className={c.below} data-user-text>{below.join(' · ')}</span>
        </span>
      </button>

      <Tags conversation={later} edit={rights.edit} />
      {viewers.length > 0 && (
        <span data-hint={t('viewing', { count: viewers.length, names: viewers.map(names.member).join(', ') })} className={c.viewers}>
          {viewers.slice(0, 3).map((id) => (
            <Avatar key={id} name={names.member(id)} size={24} online />
          ))}
          <span className={c.hidden}>{t('viewing', { count: viewers.length, names: viewers.map(names.member).join(', ') })}</span>
        </span>
      )}

      <Actions conversation={later} now={now} names={names} picking={picking} onPick={setPicking} />
      <ActionIcon data-hint={panel.shown ? t('contact.hide') : t('contact.show')} className={c.toggle} size={30} aria-pressed={panel.shown} aria-label={panel.shown ? t('contact.hide') : t('contact.show')} onClick={panel.toggle}>
        <IconLayoutSidebarRight size={18} stroke={1.6} />
      </ActionIcon>
    </header>
  )
})

interface ActionsProps {
  /** The conversation the buttons are drawn for. */
  conversation: Conversation
  /** The one they act on: that which is on the screen. */
  now: RefObject<Conversation>
  names: Names
  picking: boolean
  onPick: (open: boolean) => void
}

/** What can be done with the conversation, as buttons and as a menu. */
const Actions = memo(function Actions({ conversation, now, names, picking, onPick }: ActionsProps) {
  const { t } = useTranslation('inbox')
  const rights = useRights(conversation)
  const actions = useActions()
  const [asking, setAsking] = useState<'snooze' | 'transfer'>()
  const [snoozing, setSnoozing] = useState(false)

  const channel = names.channels.find(({ id }) => id === conversation.channel)
  const closed = conversation.status === 'closed'
  const mine = conversation.assignee === rights.me
  const canTransfer = rights.edit && !closed && (mine || rights.assign)
  const canSnooze = rights.edit && !closed && conversation.status !== 'snoozed'
  const canTake = rights.edit && !mine && (conversation.assignee === '' || rights.assign)
  const canBot = rights.edit && !closed && !conversation.is_group && conversation.answerer !== 'bot' && conversation.answerer !== 'agent' && (channel?.answerer === 'bot' || channel?.answerer === 'agent')
  const act = (does: (conversation: Conversation) => Promise<unknown>) => () => void does(now.current)

  return (
    <>
      {rights.edit && (
        <div className={c.actions}>
          <AssignPicker conversation={conversation} rights={rights} open={picking} onOpen={onPick}>
            <Button
              variant="default"
              className={c.assignee}
              onClick={() => onPick(!picking)}
              rightSection={<IconChevronDown size={14} />}
              leftSection={conversation.assignee ? <Avatar name={names.member(conversation.assignee)} size={18} /> : conversation.answerer === 'bot' ? <IconRobot size={16} stroke={1.6} /> : <IconUserShare size={16} stroke={1.6} />}
              aria-label={t('assign.label', { name: conversation.assignee ? names.member(conversation.assignee) : t('assign.nobody') })}
              aria-expanded={picking}
            >
              <span className={c.cut}>{conversation.assignee ? (mine ? t('assign.me') : names.member(conversation.assignee)) : conversation.answerer === 'bot' && !closed ? t('bot') : t('assign.nobody')}</span>
            </Button>
          </AssignPicker>
          {canTake && !closed && (
            <Button className={conversation.assignee ? c.wide : c.take} leftSection={<IconHandStop size={16} stroke={1.6} />} onClick={act(actions.take)}>
              {t('take')}
            </Button>
          )}
          {canBot && (
            <Button data-hint={t('toBot.hint')} aria-description={t('toBot.hint')} className={c.wide} variant="default" leftSection={<IconRobot size={16} stroke={1.6} />} onClick={act(actions.toBot)}>
              {t('toBot.short')}
            </Button>
          )}
          {canTransfer && (
            <ActionIcon data-hint={t('transfer.title')} className={c.wide} size={30} aria-label={t('transfer.title')} onClick={() => setAsking('transfer')}>
              <IconArrowForwardUp size={18} stroke={1.6} />
            </ActionIcon>
          )}
          {canSnooze && (
            <Menu position="bottom-end" width={290} opened={snoozing} onChange={setSnoozing}>
              <Menu.Target>
                <ActionIcon data-hint={!snoozing ? t('snooze.title') : undefined} className={c.wide} size={30} aria-label={t('snooze.title')}>
                  <IconClockPause size={18} stroke={1.6} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <SnoozeItems conversation={conversation} onPick={() => setAsking('snooze')} />
              </Menu.Dropdown>
            </Menu>
          )}
          {closed ? (
            <Button variant="default" className={c.end} leftSection={<IconRotate size={16} stroke={1.6} />} onClick={act(actions.reopen)}>
              <span className={c.label}>{t('reopen')}</span>
            </Button>
          ) : (
            <Button data-hint={`${t('close')} (E)`} variant="default" className={c.end} leftSection={<IconCheck size={16} stroke={1.6} />} onClick={act(actions.close)}>
              <span className={c.label}>{t('close')}</span>
            </Button>
          )}
          <Menu position="bottom-end" width={280}>
            <Menu.Target>
              <ActionIcon className={c.more} size={30} aria-label={t('more')}>
                <IconDots size={20} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {canTake && conversation.assignee && !closed && (
                <Menu.Item leftSection={<IconHandStop size={16} />} onClick={act(actions.take)}>
                  {t('take')}
                </Menu.Item>
              )}
              <Menu.Item leftSection={<IconUserShare size={16} />} onClick={() => onPick(true)}>
                {t('assign.title')}
              </Menu.Item>
              {canTransfer && (
                <Menu.Item leftSection={<IconArrowForwardUp size={16} />} onClick={() => setAsking('transfer')}>
                  {t('transfer.title')}
                </Menu.Item>
              )}
              {canSnooze && (
                <>
                  <Menu.Divider />
                  <Menu.Label>{t('snooze.title')}</Menu.Label>
                  <SnoozeItems conversation={conversation} onPick={() => setAsking('snooze')} />
                  <Menu.Divider />
                </>
              )}
              {canBot && (
                <Menu.Item leftSection={<IconRobot size={16} />} onClick={act(actions.toBot)}>
                  {t('toBot.long')}
                </Menu.Item>
              )}
              <Menu.Item leftSection={closed ? <IconRotate size={16} /> : <IconCheck size={16} />} onClick={act(closed ? actions.reopen : actions.close)}>
                {closed ? t('reopen') : t('close')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      )}
      <Suspense fallback={null}>
        {asking === 'snooze' && <SnoozeModal conversation={conversation} onClose={() => setAsking(undefined)} />}
        {asking === 'transfer' && <TransferModal conversation={conversation} rights={rights} onClose={() => setAsking(undefined)} />}
      </Suspense>
    </>
  )
})

/** The tags of the conversation, and where they are given. */
const Tags = memo(function Tags({ conversation, edit }: { conversation: Conversation; edit: boolean }) {
  const { t } = useTranslation('inbox')
  const ids = tagIds(conversation.tags)
  return (
    <span className={c.tags}>
      <span className={c.chips}>
        <TagList ids={ids} most={2} />
      </span>
      {edit && (
        <Popover position="bottom-start" width={300} shadow="md" trapFocus returnFocus>
          <Popover.Target>
            <ActionIcon data-hint={t('tags.title')} size={30} aria-label={ids.length > 0 ? t('tags.some', { count: ids.length }) : t('tags.title')}>
              <IconTag size={17} stroke={1.6} />
            </ActionIcon>
          </Popover.Target>
          <Popover.Dropdown>
            <Suspense fallback={null}>
              <TagField bare label={t('tags.title')} ids={ids} edit onSave={(tags) => changeConversation(conversation, { tags })} />
            </Suspense>
          </Popover.Dropdown>
        </Popover>
      )}
    </span>
  )
})
