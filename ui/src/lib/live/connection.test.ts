import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Connection } from './connection'
import { Hub } from './hub'
import type { FromWorker, LiveEvent, LiveState } from './types'

/** A server that answers each request with a stream the test writes to. */
function server() {
  const encoder = new TextEncoder()
  const lines: { send(event: Partial<LiveEvent>): void; ping(): void; cut(): void; aborted: boolean; auth: string; url: string }[] = []
  let status = 200
  const answer = ((url: string, init: RequestInit) => {
    if (status !== 200) return Promise.resolve(new Response('', { status }))
    let controller!: ReadableStreamDefaultController<Uint8Array>
    const body = new ReadableStream<Uint8Array>({
      start(made) {
        controller = made
      },
    })
    const line = {
      send: (event: Partial<LiveEvent>) => controller.enqueue(encoder.encode(`data: ${JSON.stringify(event)}\n\n`)),
      ping: () => controller.enqueue(encoder.encode(': ping\n\n')),
      cut: () => controller.error(new Error('cut')),
      aborted: false,
      auth: new Headers(init.headers).get('Authorization') ?? '',
      url,
    }
    init.signal?.addEventListener('abort', () => {
      line.aborted = true
      controller.error(new Error('aborted'))
    })
    lines.push(line)
    return Promise.resolve(new Response(body, { status: 200 }))
  }) as unknown as typeof fetch
  return { lines, fetch: answer, refuse: (code: number) => (status = code) }
}

function open(backend: ReturnType<typeof server>) {
  const log: string[] = []
  const connection = new Connection({
    url: 'http://x/api/recado/live?company=c',
    token: () => 'T',
    onEvent: (event) => log.push(event.name),
    onState: (state: LiveState) => log.push(state),
    onGap: () => log.push('gap'),
    fetch: backend.fetch,
    random: () => 1,
  })
  return { connection, log }
}

/** Lets streams and promises move on without moving the clock. */
const settle = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('Connection', () => {
  it('signs in by header, opens with hello and hands events on', async () => {
    const backend = server()
    const { log } = open(backend)
    await settle()
    expect(backend.lines[0]!.auth).toBe('T')
    backend.lines[0]!.send({ name: 'hello', epoch: 'e', seq: 0 })
    backend.lines[0]!.send({ name: 'a', epoch: 'e', seq: 1 })
    backend.lines[0]!.send({ name: 'b', epoch: 'e', seq: 2 })
    await settle()
    expect(log).toEqual(['open', 'hello', 'gap', 'a', 'b'])
  })

  it('notices a missing event and a new epoch, and hands the event on all the same', async () => {
    const backend = server()
    const { log } = open(backend)
    await settle()
    const [line] = backend.lines
    line!.send({ name: 'hello', epoch: 'e', seq: 0 })
    line!.send({ name: 'a', epoch: 'e', seq: 1 })
    line!.send({ name: 'c', epoch: 'e', seq: 3 })
    line!.send({ name: 'd', epoch: 'e', seq: 4 })
    line!.send({ name: 'e', epoch: 'f', seq: 5 })
    await settle()
    expect(log).toEqual(['open', 'hello', 'gap', 'a', 'c', 'gap', 'd', 'e', 'gap'])
  })

  it('comes back with growing pauses, and at once when woken', async () => {
    const backend = server()
    const { connection, log } = open(backend)
    await settle()
    backend.lines[0]!.send({ name: 'hello', epoch: 'e', seq: 0 })
    await settle()
    backend.lines[0]!.cut()
    await settle()
    expect(log.at(-1)).toBe('offline')
    await vi.advanceTimersByTimeAsync(499)
    expect(backend.lines).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(backend.lines).toHaveLength(2)
    backend.lines[1]!.cut()
    await vi.advanceTimersByTimeAsync(999)
    expect(backend.lines).toHaveLength(2)
    connection.wake()
    await settle()
    expect(backend.lines).toHaveLength(3)
    backend.lines[2]!.send({ name: 'hello', epoch: 'e', seq: 0 })
    await settle()
    expect(log.slice(-3)).toEqual(['open', 'hello', 'gap'])
  })

  it('gives up a line that has gone silent, but not one that pings', async () => {
    const backend = server()
    open(backend)
    await settle()
    await vi.advanceTimersByTimeAsync(50_000)
    backend.lines[0]!.ping()
    await vi.advanceTimersByTimeAsync(50_000)
    expect(backend.lines[0]!.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(11_000)
    expect(backend.lines[0]!.aborted).toBe(true)
    expect(backend.lines).toHaveLength(2)
  })

  it.each([
    [401, 'unauthorized'],
    [403, 'forbidden'],
  ])('does not knock again after %i', async (status, state) => {
    const backend = server()
    backend.refuse(status)
    const { log } = open(backend)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(log).toEqual([state])
  })
})

describe('Hub', () => {
  it('holds one line for any number of tabs, in batches, until the last one leaves', async () => {
    const backend = server()
    vi.stubGlobal('fetch', backend.fetch)
    const hub = new Hub()
    const seen: [FromWorker[], FromWorker[]] = [[], []]
    const tabs = seen.map((list) => ({ post: (message: FromWorker) => list.push(message) }))
    for (const tab of tabs) hub.take(tab, { type: 'join', url: '/live', token: 'T' })
    await settle()
    expect(backend.lines).toHaveLength(1)

    backend.lines[0]!.send({ name: 'hello', epoch: 1, seq: 0 })
    backend.lines[0]!.send({ name: 'a', epoch: 1, seq: 1 })
    backend.lines[0]!.send({ name: 'b', epoch: 1, seq: 2 })
    await vi.advanceTimersByTimeAsync(20)
    for (const list of seen) {
      const batches = list.filter((message) => message.type === 'events')
      expect(batches.map((batch) => batch.events.map((event) => event.name))).toEqual([['hello'], ['a', 'b']])
    }

    hub.take(tabs[0]!, { type: 'leave' })
    expect(backend.lines[0]!.aborted).toBe(false)
    hub.take(tabs[1]!, { type: 'leave' })
    expect(backend.lines[0]!.aborted).toBe(true)
  })

  it('tells a tab that comes later who is here', async () => {
    const backend = server()
    vi.stubGlobal('fetch', backend.fetch)
    const hub = new Hub()
    hub.take({ post: () => undefined }, { type: 'join', url: '/live', token: 'T' })
    await settle()
    backend.lines[0]!.send({ name: 'hello', epoch: 1, seq: 0, presence: [{ member: 'ana', online: true }] })
    backend.lines[0]!.send({ name: 'presence', epoch: 1, seq: 1, member: 'ana', online: false })
    await settle()
    const late: FromWorker[] = []
    hub.take({ post: (message) => late.push(message) }, { type: 'join', url: '/live', token: 'T' })
    expect(late.filter((message) => message.type === 'events').flatMap(({ events }) => events.map(({ name }) => name))).toEqual(['hello', 'presence'])
    hub.take({ post: () => undefined }, { type: 'leave' })
  })

  it('opens another line for another company and forgets tabs that went without a word', async () => {
    const backend = server()
    vi.stubGlobal('fetch', backend.fetch)
    let now = 0
    const hub = new Hub(() => now)
    const tab = { post() {} }
    const other = { post() {} }
    hub.take(tab, { type: 'join', url: '/one', token: 'T' })
    hub.take(other, { type: 'join', url: '/two', token: 'T' })
    await settle()
    expect(backend.lines.map((line) => line.url)).toEqual(['/one', '/two'])
    now = 200_000
    hub.take(other, { type: 'beat' })
    expect(backend.lines.map((line) => line.aborted)).toEqual([true, true])
    hub.take(other, { type: 'join', url: '/two', token: 'T' })
    await settle()
    expect(backend.lines).toHaveLength(3)
  })
})
