import { useEffect, useRef, useSyncExternalStore } from 'react'
import { applyRecord, dropRecord } from '../data'
import { pb, signedOut } from '../pb'
import { queryClient } from '../query'
import { Hub } from './hub'
import type { FromWorker, LiveEvent, LiveState, ToWorker } from './types'

export type { LiveEvent, LiveState } from './types'

/*
 * The company's live feed, in this tab. Events patch the query cache (lib/data.ts); whoever wants more
 * (typing, presence, sounds) subscribes by name. After a gap everything on screen is asked again.
 */

type Handler = (event: LiveEvent) => void

const handlers = new Map<string, Set<Handler>>()
const watchers = new Set<() => void>()
let state: LiveState = 'connecting'
let send: ((message: ToWorker) => void) | undefined
let joined: { url: string; token: string } | undefined

/** Calls `handler` for every event named `name` ('*' = all, 'gap' = after everything was asked again). Returns the way to stop. */
export function onLive(name: string, handler: Handler): () => void {
  const set = handlers.get(name) ?? new Set()
  handlers.set(name, set.add(handler))
  return () => set.delete(handler)
}

/** onLive for a component; the newest handler is always the one called. */
export function useLive(name: string, handler: Handler): void {
  const latest = useRef(handler)
  useEffect(() => {
    latest.current = handler
  })
  useEffect(() => onLive(name, (event) => latest.current(event)), [name])
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (changed) => {
      watchers.add(changed)
      return () => watchers.delete(changed)
    },
    () => state,
  )
}

/** Opens the feed of a company; of another one, it changes over. Returns the way to leave. */
export function openLive(company: string): () => void {
  send ??= connect()
  const mine = { url: new URL(`/api/recado/live?company=${company}`, window.location.origin).href, token: pb.authStore.token }
  joined = mine
  send({ type: 'join', ...mine })
  return () => {
    if (joined !== mine) return
    joined = undefined
    send?.({ type: 'leave' })
  }
}

/** A line to the shared worker or, where there is none, a hub of this tab's own. */
function connect(): (message: ToWorker) => void {
  const post = sharedWorker() ?? ownHub()
  window.addEventListener('online', () => post({ type: 'wake' }))
  window.addEventListener('pagehide', () => post({ type: 'leave' }))
  window.addEventListener('pageshow', (event) => {
    if (event.persisted && joined) post({ type: 'join', ...joined })
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') post({ type: 'wake' })
  })
  setInterval(() => post({ type: 'beat' }), 30_000)
  pb.authStore.onChange((token) => {
    if (!joined || !token || token === joined.token) return
    joined.token = token
    post({ type: 'join', ...joined })
  })
  return post
}

function sharedWorker(): ((message: ToWorker) => void) | undefined {
  if (typeof SharedWorker === 'undefined') return undefined
  try {
    const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'recado-live' })
    let post = (message: ToWorker): void => worker.port.postMessage(message)
    // a worker that cannot start (blocked, out of memory) leaves the work to this tab
    worker.addEventListener('error', () => {
      post = ownHub()
      if (joined) post({ type: 'join', ...joined })
    })
    worker.port.addEventListener('message', (event: MessageEvent<FromWorker>) => receive(event.data))
    worker.port.start()
    return (message) => post(message)
  } catch {
    return undefined
  }
}

function ownHub(): (message: ToWorker) => void {
  const hub = new Hub()
  const listener = { post: receive }
  return (message) => hub.take(listener, message)
}

function receive(message: FromWorker): void {
  if (message.type === 'events') for (const event of message.events) take(event)
  else if (message.type === 'gap') catchUp()
  else setState(message.state, message.token)
}

function setState(next: LiveState, refused = ''): void {
  if (next === 'unauthorized') {
    // a password being changed ends the old sign-in a moment before the new one is there
    setTimeout(() => signedOut(refused), 2000)
    return
  }
  state = next
  for (const changed of watchers) changed()
}

/** Asks everything on screen again; what is not on screen is asked when it is shown. */
function catchUp(): void {
  void queryClient.invalidateQueries()
  tell('gap', { epoch: 0, seq: 0, name: 'gap' })
}

/** Takes one event in: patches what is cached, then tells the subscribers. */
export function take(event: LiveEvent): void {
  const { collection, id, action, record } = event
  if (collection && id && (action === 'delete' || action === 'gone')) dropRecord(collection, id)
  else if (collection && record?.id) applyRecord(collection, record)
  tell(event.name, event)
  tell('*', event)
}

function tell(name: string, event: LiveEvent): void {
  for (const handler of handlers.get(name) ?? []) handler(event)
}
