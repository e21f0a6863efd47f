import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClient } from './client'
import type { Storage } from './storage'
import type { Message } from './types'

/** A server in memory: commits in order, forgets nothing, can be cut. */
function server() {
  const log: Message[] = []
  const lines = new Set<ReadableStreamDefaultController<Uint8Array>>()
  const encode = (o: unknown) => new TextEncoder().encode(`data: ${JSON.stringify(o)}\n\n`)
  let next = 0
  const s = {
    log,
    up: true,
    refuse: undefined as undefined | { status: number; code: string; retryAfter?: number },
    tokens: new Set<string>(),
    calls: [] as string[],
    /** The answer to the next POST is lost after the server has committed it. */
    loseAnswer: false,
    commit(direction: 'in' | 'out', text: string, clientId = ''): Message {
      const known = clientId && log.find((m) => m.clientId === clientId)
      if (known) return known
      const m: Message = {
        id: 'm' + String(++next).padStart(8, '0'), direction, kind: 'text', text, clientId, options: [],
        attachments: [], at: new Date(next).toISOString(), status: 'sent', answeredBy: '', authorName: '', quote: '',
      }
      log.push(m)
      lines.forEach((l) => l.enqueue(encode({ type: 'message', message: m })))
      return m
    },
    say: (o: unknown) => lines.forEach((l) => l.enqueue(encode(o))),
    cut() {
      lines.forEach((l) => l.error(new TypeError('network')))
      lines.clear()
    },
    fetch: (async (input: RequestInfo | URL, init: RequestInit = {}) => {
      const url = new URL(String(input))
      const path = url.pathname.replace('/api/recado/webchat/', '')
      s.calls.push(path)
      if (!s.up) throw new TypeError('network')
      const json = (status: number, body: unknown, headers = {}) =>
        new Response(JSON.stringify(body), { status, headers })
      if (path.endsWith('/sessions')) {
        const token = 'token' + s.calls.length
        s.tokens.add(token)
        return json(200, { token })
      }
      const token = String((init.headers as Record<string, string>).Authorization).slice(7)
      if (!s.tokens.has(token)) return json(401, { data: { code: 'visitor_unknown' } })
      if (s.refuse) {
        const { status, code, retryAfter } = s.refuse
        s.refuse = undefined
        return json(status, { data: { code } }, retryAfter ? { 'Retry-After': String(retryAfter) } : {})
      }
      const after = url.searchParams.get('after') ?? ''
      if (path === 'messages' && init.method === 'POST') {
        const { text, clientId } = JSON.parse(String(init.body))
        const m = s.commit('in', text, clientId)
        if (s.loseAnswer) {
          s.loseAnswer = false
          throw new TypeError('network')
        }
        return json(201, m)
      }
      if (path === 'messages') return json(200, { items: log.filter((m) => m.id > after) })
      if (path === 'files') return json(200, { id: 'f1', name: 'a.png', mime: 'image/png', size: 1, width: 1, height: 1 })
      if (path === 'stream') {
        let own: ReadableStreamDefaultController<Uint8Array>
        const body = new ReadableStream<Uint8Array>({
          start(c) {
            own = c
            lines.add(c)
            log.filter((m) => m.id > after).forEach((m) => c.enqueue(encode({ type: 'message', message: m })))
          },
          cancel: () => void lines.delete(own),
        })
        init.signal?.addEventListener('abort', () => {
          if (lines.delete(own)) own.error(new DOMException('aborted', 'AbortError'))
        })
        return new Response(body)
      }
      return json(200, {})
    }) as typeof fetch,
  }
  return s
}

function memory(): Storage & { kept: Map<string, string> } {
  const kept = new Map<string, string>()
  return {
    kept,
    get: (k) => kept.get(k) ?? '',
    set: (k, v) => void kept.set(k, v),
    remove: (k) => void kept.delete(k),
    all: (p) => [...kept].filter(([k]) => k.startsWith(p)).map(([, v]) => v),
  }
}

const options = { origin: 'http://desk.test', channel: 'KEY', locale: 'en', page: 'http://shop.test/' }

function client(s: ReturnType<typeof server>, storage: Storage = memory()) {
  return createClient(options, { fetch: s.fetch, storage, now: Date.now, random: () => 0.5 })
}

const texts = (list: { text: string }[]) => list.map((m) => m.text)
const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('sending', () => {
  it('asks for a token only when the visitor writes', async () => {
    const s = server()
    const c = client(s)
    c.start()
    await settle(5000)
    expect(s.calls).toEqual([])
    c.send('hello')
    await settle()
    expect(texts(c.state().messages)).toEqual(['hello'])
    expect(c.state().pending).toEqual([])
    c.stop()
  })

  it('keeps the order while the network is away, and sends each message once', async () => {
    const s = server()
    const c = client(s)
    c.start()
    c.send('0')
    await settle()
    s.up = false
    s.cut()
    for (const n of ['1', '2', '3']) c.send(n)
    await settle(10_000)
    expect(texts(c.state().pending)).toEqual(['1', '2', '3'])
    expect(c.state().online).toBe(false)
    s.up = true
    await settle(60_000)
    expect(texts(s.log)).toEqual(['0', '1', '2', '3'])
    expect(c.state().online).toBe(true)
    c.stop()
  })

  it('repeats a lost answer under the same client id', async () => {
    const s = server()
    const c = client(s)
    c.start()
    s.loseAnswer = true
    c.send('once')
    await settle(5000)
    expect(texts(s.log)).toEqual(['once'])
    expect(texts(c.state().messages)).toEqual(['once'])
    c.stop()
  })

  it('shows a refusal, goes on with the next, and retries on demand', async () => {
    const s = server()
    const c = client(s)
    c.start()
    c.send('a')
    await settle()
    s.refuse = { status: 400, code: 'text_too_long' }
    c.send('b')
    c.send('c')
    await settle()
    expect(texts(s.log)).toEqual(['a', 'c'])
    expect(c.state().pending.map((p) => p.error)).toEqual(['text_too_long'])
    c.retry(c.state().pending[0].clientId)
    await settle()
    expect(texts(s.log)).toEqual(['a', 'c', 'b'])
    c.stop()
  })

  it('waits as long as 429 says', async () => {
    const s = server()
    const c = client(s)
    c.start()
    c.send('a')
    await settle()
    s.refuse = { status: 429, code: 'too_many', retryAfter: 7 }
    c.send('b')
    await settle(6900)
    expect(texts(s.log)).toEqual(['a'])
    await settle(200)
    expect(texts(s.log)).toEqual(['a', 'b'])
    c.stop()
  })

  it('takes unsent messages over a reload', async () => {
    const s = server()
    const storage = memory()
    s.up = false
    const before = client(s, storage)
    before.start()
    before.send('first')
    before.send('second')
    await settle()
    before.stop()
    s.up = true
    const after = client(s, storage)
    after.start()
    await settle(2000)
    expect(texts(s.log)).toEqual(['first', 'second'])
    expect([...storage.kept.keys()].filter((k) => k.startsWith('out:'))).toEqual([])
    after.stop()
  })

  it('uploads a file once, however often the message is tried', async () => {
    const s = server()
    const c = client(s)
    c.start()
    c.send('a')
    await settle()
    s.loseAnswer = true
    c.attach(new File(['x'], 'a.png', { type: 'image/png' }))
    await settle(5000)
    expect(s.calls.filter((p) => p === 'files')).toHaveLength(1)
    expect(s.log).toHaveLength(2)
    c.stop()
  })

  it('starts afresh when the token is no longer known, without losing what was written', async () => {
    const s = server()
    const c = client(s)
    c.start()
    c.send('old')
    await settle()
    s.tokens.clear()
    c.send('new')
    await settle(3000)
    expect(texts(s.log)).toEqual(['old', 'new'])
    expect(c.state().pending).toEqual([])
    c.stop()
  })
})

describe('receiving', () => {
  it('shows what was written between two pages, once', async () => {
    const s = server()
    const storage = memory()
    const before = client(s, storage)
    before.start()
    before.send('hi')
    await settle()
    before.stop()
    s.commit('out', 'away')
    const after = client(s, storage)
    after.start()
    await settle()
    expect(texts(after.state().messages)).toEqual(['hi', 'away'])
    after.stop()
  })

  it('has neither gap nor duplicate when the line is cut again and again', async () => {
    const s = server()
    const c = client(s)
    c.start()
    c.send('start')
    await settle()
    for (let i = 0; i < 60; i++) {
      s.commit('out', 'out ' + i)
      c.send('in ' + i)
      if (i % 3 === 0) s.cut()
      if (i % 7 === 0) s.loseAnswer = true
      await settle(i % 2 ? 0 : 400)
    }
    await settle(60_000)
    expect(texts(c.state().messages)).toEqual(texts(s.log))
    expect(s.log).toHaveLength(121)
    c.stop()
  })

  it('does not let the answer to a POST move the cursor past what it has not read', async () => {
    const s = server()
    const c = client(s)
    c.start()
    c.send('one')
    await settle()
    s.cut()
    s.commit('out', 'missed')
    c.send('two')
    await settle()
    expect(texts(c.state().messages)).toEqual(['one', 'two'])
    await settle(2000)
    expect(texts(c.state().messages)).toEqual(['one', 'missed', 'two'])
    c.stop()
  })

  it('gives up a line that has been silent for a minute', async () => {
    const s = server()
    const c = client(s)
    c.start()
    c.send('one')
    await settle()
    const streams = () => s.calls.filter((p) => p === 'stream').length
    expect(streams()).toBe(1)
    await settle(65_000)
    expect(streams()).toBe(2)
    c.stop()
  })

  it('lets the dots go by themselves', async () => {
    const s = server()
    const c = client(s)
    c.start()
    c.send('one')
    await settle()
    s.say({ type: 'typing', on: true })
    await settle()
    expect(c.state().typing).toBe(true)
    await settle(11_000)
    expect(c.state().typing).toBe(false)
    c.stop()
  })
})
