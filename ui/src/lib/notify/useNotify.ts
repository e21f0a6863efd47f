import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { useCompany, useCompanyId, useMe } from '../company'
import { keys } from '../data'
import { useLive, type LiveEvent } from '../live'
import { pb } from '../pb'
import type { ConversationsRecord, MessagesRecord } from '../pb-types'
import { usePreferences } from '../preferences'
import { queryClient } from '../query'
import { toast } from '../toast'
import { claim, ring, setIcon, showDesktop, titleWith, unlockSound } from './effects'

/** Whether a new message concerns this person: theirs or nobody's, not one that they are looking at. */
export function concerns(conversation: Pick<ConversationsRecord, 'assignee' | 'answerer'>, me: string, lookingAtIt: boolean, withBot: boolean): boolean {
  if (lookingAtIt) return false
  if (conversation.assignee) return conversation.assignee === me
  return withBot || conversation.answerer === 'waiting' || conversation.answerer === 'human'
}

/** Whether a note calls a member; one's own doesn't. */
export function callsFor(message: Record<string, unknown>, me: string): boolean {
  return message.kind === 'note' && message.author !== me && Array.isArray(message.mentions) && message.mentions.includes(me)
}

/** Whether a line in a conversation says that someone else, or the clock, gave it to this person. */
export function isGivenTo(me: string, message: Pick<MessagesRecord, 'kind' | 'author' | 'data'>): boolean {
  const data = message.data as { event?: string; assignee?: string } | null
  return message.kind === 'system' && message.author !== me && data?.assignee === me && ['assigned', 'transferred', 'woken'].includes(data.event ?? '')
}

const unreadKey = (company: string) => [...keys.list('conversations', { unread: company })]

/** Tells the person of new messages in the ways they have chosen. Returns the number of unread conversations that concern them. */
export function useNotify(): number {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const company = useCompanyId()
  const name = useCompany()?.name
  const { member } = useMe()
  const { preferences } = usePreferences()
  const me = member?.id ?? ''

  const { data: unread = 0 } = useQuery({
    queryKey: unreadKey(company),
    enabled: me !== '',
    queryFn: async ({ signal }) => {
      const filter = pb.filter("status != 'closed' && unread > 0 && (assignee = '' || assignee = {:me})", { me })
      const page = await pb.collection('conversations').getList(1, 1, { filter, fields: 'id', signal })
      return page.totalItems
    },
  })

  useEffect(unlockSound, [])

  useEffect(() => {
    const base = name ? `${name} · Recado` : 'Recado'
    document.title = titleWith(base, preferences.title ? unread : 0)
    setIcon(preferences.title && unread > 0)
  }, [name, unread, preferences.title])

  const open = (id: string): void => void navigate({ to: '/c/$company/inbox/{-$conversation}', params: { company, conversation: id } })

  /** Something was given to this person: by a colleague, in turn, or it is time to look at it again. */
  async function given(event: LiveEvent): Promise<void> {
    const message = event.record
    if (!message || !me || !isGivenTo(me, message as never)) return
    const id = String(message.conversation)
    const conversation = await conversationOf(id)
    if (!conversation || !claim(message.id)) return
    const name = conversation.expand?.contact?.name || t('notify.visitor')
    const woken = (message.data as { event?: string }).event === 'woken'
    if (preferences.sound) ring()
    if (document.visibilityState === 'visible' && document.hasFocus()) toast(t(woken ? 'notify.woken' : 'notify.given', { name }), { label: t('notify.open'), run: () => open(id) })
    else if (preferences.desktop) showDesktop(name, t(woken ? 'notify.woken' : 'notify.given', { name }), id, () => open(id))
  }

  async function tell(event: LiveEvent): Promise<void> {
    const message = event.record
    if (message && me && callsFor(message, me)) return called(message)
    if (!message || message.direction !== 'in' || !me) return
    const id = String(message.conversation)
    const conversation = await conversationOf(id)
    const lookingAtIt = document.visibilityState === 'visible' && document.hasFocus() && window.location.pathname.includes(id)
    if (!conversation || !concerns(conversation, me, lookingAtIt, preferences.bot) || !claim(message.id)) return
    if (preferences.sound) ring()
    if (preferences.desktop && !(document.visibilityState === 'visible' && document.hasFocus())) {
      const contact = conversation.expand?.contact
      showDesktop(contact?.name || t('notify.visitor'), String(message.text ?? ''), id, () => open(id))
    }
  }

  /** A colleague has called this person in a note: said on the page too, whatever else they have switched off. */
  async function called(message: NonNullable<LiveEvent['record']>): Promise<void> {
    const id = String(message.conversation)
    const conversation = await conversationOf(id)
    if (!conversation) return
    const text = t('notify.mention', { name: conversation.expand?.contact?.name || t('notify.visitor') })
    if (!window.location.pathname.includes(id)) toast(text, { label: t('notify.open'), run: () => open(id) })
    if (!claim(message.id)) return
    if (preferences.sound) ring()
    if (preferences.desktop && !(document.visibilityState === 'visible' && document.hasFocus())) showDesktop(text, String(message.text ?? ''), id, () => open(id))
  }

  useLive('message.created', (event) => {
    void tell(event)
    void given(event)
  })

  return unread
}

/** The conversation from the cache or, the first time, from the server; null when it is not for this person's eyes. */
async function conversationOf(id: string): Promise<ConversationsRecord | null> {
  try {
    return await queryClient.fetchQuery({
      queryKey: ['conversations', 'notify', id],
      queryFn: () => pb.collection('conversations').getOne<ConversationsRecord>(id, { expand: 'contact' }),
      staleTime: 10_000,
    })
  } catch {
    return null
  }
}
