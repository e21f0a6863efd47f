import { Connection } from './connection'
import type { FromWorker, LiveEvent, LiveState, ToWorker } from './types'

export interface Listener {
  post(message: FromWorker): void
}

interface Line {
  /** The newest token of the sign-in. */
  held: { token: string }
  connection: Connection
  listeners: Set<Listener>
  state: LiveState
  waiting: LiveEvent[]
  /** Who is here: a tab that comes later is told what the others were, event by event. */
  here: Map<string, LiveEvent>
  flush: ReturnType<typeof setTimeout> | undefined
}

/** A tab that has not been heard of for this long is gone; background tabs may be slowed to one beat a minute. */
const FORGET = 180_000
/** Events of one frame travel as one message. */
const FRAME = 16

/** The sign-in a token belongs to: it outlives its tokens, and so does a line. */
function signInOf(token: string): string {
  try {
    const claims = JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))) as { sid?: string }
    return claims.sid ?? token
  } catch {
    return token
  }
}

/** The feed lines of this browser: one per company and sign-in, shared by every tab that looks at it. */
export class Hub {
  #lines = new Map<string, Line>()
  #tabs = new Map<Listener, { key: string; seen: number }>()
  #now: () => number

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  take(listener: Listener, message: ToWorker): void {
    this.#forget()
    const tab = this.#tabs.get(listener)
    if (tab) tab.seen = this.#now()
    if (message.type === 'join') this.#join(listener, message.url, message.token)
    else if (message.type === 'leave') this.#leave(listener)
    else if (message.type === 'wake' && tab) this.#lines.get(tab.key)?.connection.wake()
  }

  #join(listener: Listener, url: string, token: string): void {
    const key = `${url}\n${signInOf(token)}`
    if (this.#tabs.get(listener)?.key !== key) this.#leave(listener)
    this.#tabs.set(listener, { key, seen: this.#now() })
    let line = this.#lines.get(key)
    if (line) line.held.token = token // a newer one of the same sign-in: for the next connection
    if (line && (line.state === 'unauthorized' || line.state === 'forbidden')) {
      line.connection.stop()
      line = undefined
    }
    if (!line) {
      line = this.#open(key, url, token)
      this.#lines.set(key, line)
    }
    line.listeners.add(listener)
    listener.post({ type: 'state', state: line.state })
    if (line.here.size > 0) listener.post({ type: 'events', events: [...line.here.values()] })
  }

  #open(key: string, url: string, token: string): Line {
    const tell = (message: FromWorker): void => {
      for (const listener of line.listeners) listener.post(message)
    }
    const flush = (): void => {
      clearTimeout(line.flush)
      line.flush = undefined
      const events = line.waiting
      line.waiting = []
      if (events.length > 0) tell({ type: 'events', events })
    }
    const held = { token }
    const line: Line = {
      held,
      listeners: new Set(this.#lines.get(key)?.listeners),
      state: 'connecting',
      waiting: [],
      here: new Map(),
      flush: undefined,
      connection: new Connection({
        url,
        token: () => held.token,
        onEvent(event) {
          if (event.name === 'hello') line.here = new Map([['hello', event]])
          else if (event.name === 'presence') line.here.set(String(event.member), event)
          line.waiting.push(event)
          line.flush ??= setTimeout(flush, FRAME)
        },
        onState(state) {
          line.state = state
          tell(state === 'unauthorized' ? { type: 'state', state, token: held.token } : { type: 'state', state })
        },
        onGap() {
          flush()
          tell({ type: 'gap' })
        },
      }),
    }
    return line
  }

  #leave(listener: Listener): void {
    const tab = this.#tabs.get(listener)
    if (!tab) return
    this.#tabs.delete(listener)
    const line = this.#lines.get(tab.key)
    line?.listeners.delete(listener)
    if (line?.listeners.size === 0) {
      line.connection.stop()
      this.#lines.delete(tab.key)
    }
  }

  #forget(): void {
    for (const [listener, tab] of this.#tabs) if (this.#now() - tab.seen > FORGET) this.#leave(listener)
  }
}
