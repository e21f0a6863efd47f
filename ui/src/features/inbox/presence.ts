import { useEffect } from 'react'
import { onLive, useLiveState, type LiveEvent } from '@/lib/live'
import { api } from '@/lib/pb'
import { store, useStore } from './store'

/*
 * Who is here, who looks at which conversation, who is typing where. Nothing of it is stored anywhere.
 */

interface Presence {
  member: string
  online: boolean
  viewing?: string
}

/** Someone who says nothing more is no longer typing. Milliseconds. */
const TYPING_ENDS = 6000
const NOBODY: readonly string[] = []

const people = store<ReadonlyMap<string, Presence>>(new Map())
const typing = store<ReadonlyMap<string, readonly string[]>>(new Map())
const ends = new Map<string, ReturnType<typeof setTimeout>>()

/** Notes that someone types, or stops; `by` is 'contact' or a member. Forgotten after six seconds. */
export function noteTyping(conversation: string, by: string, on: boolean): void {
  const key = `${conversation} ${by}`
  clearTimeout(ends.get(key))
  ends.delete(key)
  const here = typing.get().get(conversation) ?? NOBODY
  if (on !== here.includes(by)) {
    const next = new Map(typing.get())
    const left = on ? [...here, by] : here.filter((one) => one !== by)
    if (left.length > 0) next.set(conversation, left)
    else next.delete(conversation)
    typing.set(next)
  }
  if (on) ends.set(key, setTimeout(() => noteTyping(conversation, by, false), TYPING_ENDS))
}

export function notePresence({ member, online, viewing }: Presence): void {
  const next = new Map(people.get())
  if (online) next.set(member, { member, online, ...(viewing ? { viewing } : {}) })
  else next.delete(member)
  people.set(next)
}

function take(event: LiveEvent): void {
  if (event.name === 'typing') noteTyping(String(event.conversation), String(event.by), event.on === true)
  else if (event.name === 'presence') notePresence(event as unknown as Presence)
  // whoever has written is not typing any more
  else if (event.name === 'message.created' && event.record) noteTyping(String(event.record.conversation), event.record.direction === 'in' ? 'contact' : String(event.record.author), false)
  else if (event.name === 'hello') people.set(new Map(((event.presence as Presence[] | undefined) ?? []).map((one) => [one.member, one])))
}

export const followPresence = (): (() => void) => onLive('*', take)

export function useTyping(conversation: string): readonly string[] {
  return useStore(typing, (all) => all.get(conversation) ?? NOBODY)
}

export function useOnline(member: string): boolean {
  return useStore(people, (all) => all.has(member))
}

/** Everyone who has Recado open. */
export function useOnlineMembers(): { has(member: string): boolean } {
  return useStore(people, (all) => all)
}

/** The colleagues who look at a conversation, as one text of ids: easy to compare. */
export function useViewers(conversation: string, me: string): string[] {
  const ids = useStore(people, (all) =>
    [...all.values()]
      .filter((one) => one.viewing === conversation && one.member !== me)
      .map((one) => one.member)
      .join(' '),
  )
  return ids ? ids.split(' ') : []
}

function tell(conversation: string, what: 'typing' | 'view', on: boolean): void {
  // a courtesy to colleagues: when it does not arrive, nothing is lost
  api(`/api/recado/conversations/${conversation}/${what}`, { body: { on } }).catch(() => undefined)
}

/** Tells colleagues which conversation is on the screen, once it stays there. */
export function useViewing(conversation: string): void {
  const line = useLiveState()
  useEffect(() => {
    if (!conversation || line !== 'open') return undefined
    let told = false
    const say = (): void => {
      const on = document.visibilityState === 'visible'
      if (on === told) return
      told = on
      tell(conversation, 'view', on)
    }
    const timer = setTimeout(say, 500)
    document.addEventListener('visibilitychange', say)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', say)
      if (told) tell(conversation, 'view', false)
    }
  }, [conversation, line])
}

/** How often typing is told again while it goes on. */
const AGAIN = 3000

/** Tells that this person types: call it at each key. It ends by itself, or at once with `stop`. */
export class TypingSignal {
  #conversation = ''
  #told = 0
  #end: ReturnType<typeof setTimeout> | undefined
  #tell: (conversation: string, on: boolean) => void

  constructor(say: (conversation: string, on: boolean) => void = (conversation, on) => tell(conversation, 'typing', on)) {
    this.#tell = say
  }

  key(conversation: string, now = Date.now()): void {
    if (conversation !== this.#conversation) this.stop()
    clearTimeout(this.#end)
    this.#end = setTimeout(() => this.stop(), TYPING_ENDS)
    if (this.#conversation && now - this.#told < AGAIN) return
    this.#conversation = conversation
    this.#told = now
    this.#tell(conversation, true)
  }

  stop(): void {
    clearTimeout(this.#end)
    if (this.#conversation) this.#tell(this.#conversation, false)
    this.#conversation = ''
  }
}
