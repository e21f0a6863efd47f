import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useRef } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { useCompany, useCompanyId, useMe, userOptions } from '../company'
import { oneOptions } from '../data'
import { useFormat } from '../format'
import { useLive, type LiveEvent } from '../live'
import { pb } from '../pb'
import type { AgendasRecord, AppointmentsRecord, ConversationsRecord } from '../pb-types'
import { preferencesOf, tells, type Happening } from '../preferences'
import { queryClient } from '../query'
import { toast } from '../toast'
import { claim, ring, showDesktop } from './effects'
import { arrival, byCustomer, callsFor, isGivenTo } from './what'

/** Tells the person what happens, in the ways they have chosen. Shows nothing by itself. */
export default function Tell() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const company = useCompanyId()
  const name = useCompany()?.name
  const { member } = useMe()
  const { data: user } = useQuery(userOptions())
  const preferences = preferencesOf(user)
  const me = member?.id ?? ''
  const format = useFormat()
  const held = useRef(new Set<string>())
  const said = useRef(new Set<string>())

  const open = (id: string): void => void navigate({ to: '/c/$company/inbox/{-$conversation}', params: { company, conversation: id } })

  /** On the page by a sound and, for what `text` says, by words; by the browser while they look elsewhere. One tab of many does it. */
  function say(event: Happening, once: string, title: string, body: string, id: string, go: () => void, text = ''): void {
    const here = document.visibilityState === 'visible' && document.hasFocus()
    const onPage = tells(user, company, event, 'app')
    if (text && onPage && (event === 'mentions' ? !window.location.pathname.includes(id) : here)) toast(text, { label: t('notify.open'), run: go })
    if (!claim(once)) return
    if (onPage && preferences.sound) ring()
    if (!here && preferences.desktop && tells(user, company, event, 'browser')) showDesktop(title, body, id, go)
  }

  async function tell({ record: message }: LiveEvent): Promise<void> {
    if (!message || !me) return
    const id = String(message.conversation)
    const called = callsFor(message, me)
    const given = isGivenTo(me, message as never)
    if (!called && !given && message.direction !== 'in') return
    const conversation = await conversationOf(id)
    if (!conversation) return
    const customer = conversation.expand?.contact?.name || t('notify.visitor')
    const go = (): void => open(id)
    if (called) {
      const text = t('notify.mention', { name: customer })
      say('mentions', message.id, text, String(message.text ?? ''), id, go, text)
    } else if (given) {
      const woken = (message.data as { event?: string }).event === 'woken'
      const text = t(woken ? 'notify.woken' : 'notify.given', { name: customer })
      say(woken ? 'follow_ups' : 'assigned', message.id, customer, text, id, go, text)
    } else {
      const lookingAtIt = document.visibilityState === 'visible' && document.hasFocus() && window.location.pathname.includes(id)
      const known = said.current.has(id)
      said.current.add(id)
      const event = arrival(message, conversation, me, lookingAtIt, preferences.bot, known)
      if (event) say(event, message.id, customer, String(message.text ?? ''), id, go)
    }
  }

  async function appointed({ record, action }: LiveEvent): Promise<void> {
    if (!record || !me) return
    const appointment = record as unknown as AppointmentsRecord
    // what an assistant proposes is held first
    if (appointment.status === 'held') return void held.current.add(record.id)
    const became = byCustomer(action === 'create' || held.current.delete(record.id), appointment)
    const once = `${record.id}-${became}`
    if (!became || said.current.has(once)) return
    said.current.add(once)
    if ((await agendaOf(appointment.agenda))?.member !== me) return
    const customer = await queryClient.fetchQuery(oneOptions('contacts', appointment.contact)).catch(() => undefined)
    const text = t(`notify.${became}`, { name: customer?.name || t('notify.visitor'), when: format.dateTime(appointment.start) })
    say('appointments', once, name ?? 'Recado', text, record.id, () => void navigate({ to: '/c/$company/calendar', params: { company } }), text)
  }

  useLive('message.created', (event) => void tell(event))
  useLive('appointment.created', (event) => void appointed(event))
  useLive('appointment.updated', (event) => void appointed(event))

  return null
}

/** An agenda, asked for once; null when it is not for this person's eyes. */
const agendaOf = (id: string): Promise<AgendasRecord | null> =>
  queryClient.fetchQuery({ ...oneOptions('agendas', id), staleTime: Infinity }).catch(() => null)

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
