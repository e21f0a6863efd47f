import { ClientResponseError } from 'pocketbase'
import { describe, expect, it } from 'vitest'
import type { MessagesRecord } from '@/lib/pb-types'
import { Outbox } from './outbox'
import type { Pending } from './types'

/** A server that answers when the test says so. */
function server() {
  const asked: { pending: Pending; answer(): void; refuse(status: number): void }[] = []
  const arrived: string[] = []
  const send = (pending: Pending): Promise<MessagesRecord> =>
    new Promise((resolve, reject) => {
      asked.push({
        pending,
        answer: () => resolve({ id: `id-${pending.text}`, client_id: pending.clientId } as MessagesRecord),
        refuse: (status) => reject(new ClientResponseError({ url: '/', status, response: {} })),
      })
    })
  const outbox = new Outbox(send, (record) => void arrived.push(record.id), () => new Date('2026-01-01T10:00:00Z'))
  const box = (): string[] => (outbox.boxes.get().get('c') ?? []).map((one) => `${one.text} ${one.state}`)
  return { outbox, asked, arrived, box }
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
}

describe('Outbox', () => {
  it('shows a message at once and lets it go when its record is here', async () => {
    const { outbox, asked, arrived, box } = server()
    outbox.write('c', 'text', 'one', [])
    expect(box()).toEqual(['one sending'])
    await settle()
    asked[0]!.answer()
    await settle()
    expect(arrived).toEqual(['id-one'])
    expect(box()).toEqual([])
  })

  it('sends those of one conversation one after the other, of others beside them', async () => {
    const { outbox, asked } = server()
    outbox.write('c', 'text', 'one', [])
    outbox.write('c', 'text', 'two', [])
    outbox.write('d', 'text', 'other', [])
    await settle()
    expect(asked.map(({ pending }) => pending.text)).toEqual(['one', 'other'])
    asked[0]!.answer()
    await settle()
    expect(asked.map(({ pending }) => pending.text)).toEqual(['one', 'other', 'two'])
  })

  it('keeps what failed and sends it again under the same id', async () => {
    const { outbox, asked, box } = server()
    const written = outbox.write('c', 'text', 'one', [])
    await settle()
    asked[0]!.refuse(400)
    await settle()
    expect(box()).toEqual(['one failed'])
    outbox.retry(outbox.boxes.get().get('c')![0]!)
    await settle()
    expect(asked[1]!.pending.clientId).toBe(written.clientId)
    asked[1]!.answer()
    await settle()
    expect(box()).toEqual([])
  })

  it('sends by itself what failed for want of a line, and only that', async () => {
    const { outbox, asked, box } = server()
    outbox.write('c', 'text', 'cut', [])
    outbox.write('c', 'text', 'refused', [])
    await settle()
    asked[0]!.refuse(0)
    await settle()
    asked[1]!.refuse(403)
    await settle()
    outbox.wake()
    await settle()
    expect(asked.map(({ pending }) => pending.text)).toEqual(['cut', 'refused', 'cut'])
    expect(box()).toEqual(['cut sending', 'refused failed'])
  })

  it('forgets what is discarded', async () => {
    const { outbox, asked, box } = server()
    outbox.write('c', 'text', 'one', [])
    await settle()
    asked[0]!.refuse(400)
    await settle()
    outbox.discard(outbox.boxes.get().get('c')![0]!)
    expect(box()).toEqual([])
  })
})
