/**
 * The widget's life with the server: one token, one send queue, one stream.
 *
 * In: the visitor's acts and the server's events. Out: states for the view.
 * Everything from outside (fetch, storage, clock, chance) is handed in.
 */
import { empty, lastAnswer, reduce, type Action, type Pending, type State } from './store'
import { readEvents } from './sse'
import type { Storage } from './storage'
import type { Attachment, Event, Message } from './types'

export interface World {
  fetch: typeof fetch
  storage: Storage
  now(): number
  random(): number
}

export interface Options {
  /** Where the API lives, e.g. https://desk.example.com */
  origin: string
  /** The channel's public key. */
  channel: string
  locale: string
  page: string
}

/** What a failed request is thrown as; without a status the server was not reached. */
interface Failure {
  status?: number
  code?: string
  wait?: number
}

const TOKEN = 'token'
const SEEN = 'seen'
const OUT = 'out:'
const QUIET = 60_000 // the server pings every 25 s: a minute of silence is a dead line
const PAGE = 1000

export type Client = ReturnType<typeof createClient>

export function createClient(options: Options, world: World) {
  const { storage } = world
  const base = options.origin + '/api/recado/webchat/'

  let state: State = { ...empty, seenUpTo: storage.get(SEEN) }
  const listeners = new Set<() => void>()
  let stopped = false

  function dispatch(action: Action) {
    const next = reduce(state, action)
    if (next === state) return
    state = next
    listeners.forEach((tell) => tell())
  }

  // ---- requests

  async function request(path: string, init: RequestInit = {}, token = storage.get(TOKEN)) {
    const headers: Record<string, string> = {}
    if (token) headers.Authorization = 'Bearer ' + token
    if (typeof init.body === 'string') headers['Content-Type'] = 'application/json'
    const response = await world.fetch(base + path, { ...init, headers, credentials: 'omit' })
    if (response.ok) return response
    // Only the token that was refused is dropped: another tab may have a new one already.
    if (response.status === 401 && storage.get(TOKEN) === token) {
      storage.remove(TOKEN)
      storage.remove(SEEN)
    }
    const body = await response.json().catch(() => ({}))
    throw Object.assign(new Error(body.message), {
      status: response.status,
      code: body.data?.code,
      wait: Number(response.headers.get('Retry-After')) * 1000,
    } satisfies Failure)
  }

  const post = (path: string, body: unknown, token?: string) =>
    request(path, { method: 'POST', body: JSON.stringify(body) }, token)

  /** One request for a token at a time; another tab's token is as good as ours. */
  let asking: Promise<void> | undefined
  function ensureToken(): Promise<void> {
    if (storage.get(TOKEN)) return Promise.resolve()
    asking ??= post(options.channel + '/sessions', { locale: options.locale, page: options.page }, '')
      .then((r) => r.json())
      .then(({ token }) => {
        if (!storage.get(TOKEN)) storage.set(TOKEN, token)
        connect()
      })
      .finally(() => (asking = undefined))
    return asking
  }

  /** The server does not know the token (any more): start afresh, keep what is unsent. */
  function forget() {
    disconnect()
    dispatch({ do: 'forgotten' })
  }

  let consent: string | undefined

  // ---- sending: one at a time, in the order written

  let counter = 0
  const newClientId = () =>
    world.now().toString(36).padStart(9, '0') +
    (counter++ % 1296).toString(36).padStart(2, '0') +
    Math.floor(world.random() * 2 ** 40).toString(36).padStart(8, '0')

  function remember(p: Pending) {
    const { file: _, ...kept } = p
    storage.set(OUT + p.clientId, JSON.stringify(kept))
  }

  const current = (clientId: string) => state.pending.find((p) => p.clientId === clientId)

  function change(clientId: string, patch: Partial<Pending>) {
    dispatch({ do: 'changed', clientId, with: patch })
    const p = current(clientId)
    if (p) remember(p)
  }

  function queue(text: string, payload = '', file?: File) {
    const pending: Pending = { clientId: newClientId(), text, payload, at: world.now(), file, error: '' }
    dispatch({ do: 'queued', pending })
    remember(pending)
    typing(false)
    void flush()
  }

  async function deliver(p: Pending) {
    await ensureToken()
    let attachment = p.attachment
    if (p.file && !attachment) {
      const form = new FormData()
      form.append('file', p.file)
      attachment = (await (await request('files', { method: 'POST', body: form })).json()) as Attachment
      change(p.clientId, { attachment })
    }
    const response = await post('messages', {
      clientId: p.clientId,
      text: p.text,
      payload: p.payload || undefined,
      attachment: attachment?.id,
      consent,
    })
    received([(await response.json()) as Message])
  }

  let flushing = false
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  let attempts = 0

  async function flush() {
    clearTimeout(retryTimer)
    if (flushing || stopped) return
    flushing = true
    let fresh = true
    try {
      for (;;) {
        const next = state.pending.find((p) => !p.error)
        if (!next) break
        try {
          await deliver(next)
          attempts = 0
          fresh = true
        } catch (e) {
          const { status = 0, code = 'refused', wait } = e as Failure
          if (status === 401 && fresh) {
            forget()
            fresh = false
          } else if (final(status)) change(next.clientId, { error: code })
          else {
            retryTimer = setTimeout(flush, wait || backoff(attempts++))
            if (!status) dispatch({ do: 'online', on: false })
            break
          }
        }
      }
    } finally {
      flushing = false
    }
  }

  /** Asking again would get the same answer. */
  const final = (status: number) => status >= 400 && status < 500 && status !== 429 && status !== 408

  /** 0.5 s, 1 s, 2 s … 30 s, each a little different so that a thousand widgets don't come back at once. */
  const backoff = (n: number) => Math.min(30_000, 500 * 2 ** n) * (0.75 + world.random() / 2)

  // ---- receiving

  function received(messages: Message[], cursor = false) {
    for (const m of messages) if (m.clientId) storage.remove(OUT + m.clientId)
    dispatch({ do: 'received', messages, cursor })
  }

  let line: AbortController | undefined
  let lineTimer: ReturnType<typeof setTimeout> | undefined
  let typingTimer: ReturnType<typeof setTimeout> | undefined
  let lineAttempts = 0

  function disconnect() {
    clearTimeout(lineTimer)
    line?.abort()
    line = undefined
  }

  /**
   * Reads what is new, then listens. Both start at the cursor, so nothing that
   * was written between two connections is lost, whatever cut them.
   */
  async function connect(): Promise<void> {
    disconnect()
    if (stopped || !storage.get(TOKEN)) return
    const own = (line = new AbortController())
    let quiet: ReturnType<typeof setTimeout> | undefined
    const alive = () => {
      clearTimeout(quiet)
      quiet = setTimeout(() => own.abort(), QUIET)
    }
    try {
      alive()
      for (;;) {
        const r = await request('messages?after=' + state.cursor, { signal: own.signal })
        const { items } = (await r.json()) as { items: Message[] }
        if (own !== line) return
        received(items, true)
        if (items.length < PAGE) break
      }
      const r = await request('stream?after=' + state.cursor, { signal: own.signal })
      lineAttempts = 0
      dispatch({ do: 'ready', on: true })
      dispatch({ do: 'online', on: true })
      void flush()
      await readEvents(r.body!, (data) => own === line && heard(JSON.parse(data) as Event), alive)
    } catch (e) {
      if (own !== line) return
      const { status = 0 } = e as Failure
      if (status === 401) {
        forget()
        return storage.get(TOKEN) ? connect() : dispatch({ do: 'ready', on: true })
      }
      if (!status) dispatch({ do: 'online', on: lineAttempts < 1 })
      if (final(status)) lineAttempts += 3
    } finally {
      clearTimeout(quiet)
    }
    if (own === line) lineTimer = setTimeout(connect, backoff(lineAttempts++))
  }

  function heard(event: Event) {
    if (event.type === 'message') received([event.message], true)
    else if (event.type === 'read') dispatch({ do: 'read', upTo: event.upTo })
    else if (event.type === 'typing') {
      dispatch({ do: 'typing', on: event.on })
      // Whoever typed may have closed the laptop: the dots go by themselves.
      clearTimeout(typingTimer)
      if (event.on) typingTimer = setTimeout(() => dispatch({ do: 'typing', on: false }), 10_000)
    }
  }

  // ---- typing and seen: said at most once, never retried

  let typed = 0
  function typing(on: boolean) {
    const now = world.now()
    if (!storage.get(TOKEN) || (on ? now - typed < 3000 : !typed)) return
    typed = on ? now : 0
    post('typing', { on }).catch(() => {})
  }

  /** The visitor looks at the newest answer. */
  function seen() {
    const upTo = lastAnswer(state)
    if (!upTo || upTo <= state.seenUpTo) return
    storage.set(SEEN, upTo)
    dispatch({ do: 'seen', upTo })
    post('read', { upTo }).catch(() => {})
  }

  return {
    state: () => state,
    subscribe(tell: () => void) {
      listeners.add(tell)
      return () => void listeners.delete(tell)
    },
    /** Takes up where the last page left: unsent messages, then the line. */
    start() {
      const left = storage.all(OUT).map((v) => JSON.parse(v) as Pending)
      left.sort((a, b) => (a.clientId < b.clientId ? -1 : 1))
      for (const pending of left) {
        const lost = !pending.text && !pending.payload && !pending.attachment
        dispatch({ do: 'queued', pending: lost ? { ...pending, error: 'lost' } : pending })
      }
      if (!storage.get(TOKEN)) dispatch({ do: 'ready', on: true })
      void connect()
      void flush()
    },
    stop() {
      stopped = true
      clearTimeout(retryTimer)
      clearTimeout(typingTimer)
      disconnect()
    },
    /** The network is back, or the tab is looked at again: don't wait for the timers. */
    wake() {
      attempts = lineAttempts = 0
      void connect()
      void flush()
    },
    /** A tab nobody looks at gives its connection back; the cursor bridges the gap. */
    rest: disconnect,
    agree: (id?: string) => void (consent = id),
    open: (on: boolean) => dispatch({ do: 'open', on }),
    send: (text: string) => queue(text),
    choose: (label: string, id: string) => queue(label, id),
    attach: (file: File, text = '') => queue(text, '', file),
    retry(clientId: string) {
      change(clientId, { error: '' })
      attempts = 0
      void flush()
    },
    discard(clientId: string) {
      storage.remove(OUT + clientId)
      dispatch({ do: 'discarded', clientId })
    },
    /** For what the visitor is told without asking the server, e.g. a file that is too large. */
    reject(file: File, error: string) {
      const clientId = newClientId()
      dispatch({ do: 'queued', pending: { clientId, text: '', payload: '', at: world.now(), file, error } })
    },
    typing,
    seen,
    file: async (id: string) => (await request('files/' + id)).blob(),
    config: async () => (await request(options.channel + '/config', {}, '')).json(),
  }
}
