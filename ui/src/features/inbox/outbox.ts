import { notifyManager } from '@tanstack/react-query'
import { fault } from '@/lib/errors'
import { newId } from '@/lib/id'
import { onLive } from '@/lib/live'
import { currentCompany, pb } from '@/lib/pb'
import type { FilesRecord, MessagesRecord } from '@/lib/pb-types'
import { applyChanges } from './feed'
import { store, useStore } from './store'
import type { Pending } from './types'

/*
 * What this person has written and the server has not yet taken. It is drawn at once; the record that comes back, by
 * answer or by the live feed, carries the same client_id and takes its place. Sending again is safe: same id, same message.
 */

type Send = (pending: Pending) => Promise<MessagesRecord>
type Boxes = ReadonlyMap<string, readonly Pending[]>

const EMPTY: readonly Pending[] = []

export class Outbox {
  readonly boxes = store<Boxes>(new Map())
  #lines = new Map<string, Promise<void>>()
  #send: Send
  #arrived: (record: MessagesRecord) => void | Promise<void>
  #now: () => Date

  constructor(send: Send, arrived: (record: MessagesRecord) => void | Promise<void>, now: () => Date = () => new Date()) {
    this.#send = send
    this.#arrived = arrived
    this.#now = now
  }

  /** Takes a message. Those of one conversation leave one after the other, in the order they were written. */
  write(conversation: string, kind: Pending['kind'], text: string, files: FilesRecord[], { replyTo = '', mentions = [] }: Partial<Pick<Pending, 'replyTo' | 'mentions'>> = {}): Pending {
    const at = this.#now().toISOString().replace('T', ' ')
    const pending: Pending = { clientId: newId(), conversation, kind, text, files, replyTo, mentions, at, state: 'sending' }
    this.#change(conversation, (box) => [...box, pending])
    this.#queue(pending)
    return pending
  }

  retry(pending: Pending): void {
    const { error: _, offline: __, ...written } = pending
    const again: Pending = { ...written, state: 'sending' }
    this.#change(pending.conversation, (box) => box.map((one) => (one.clientId === pending.clientId ? again : one)))
    this.#queue(again)
  }

  discard(pending: Pending): void {
    this.#change(pending.conversation, (box) => box.filter((one) => one.clientId !== pending.clientId))
  }

  /** The line is back: what failed for want of it goes out by itself. */
  wake(): void {
    for (const box of this.boxes.get().values()) for (const pending of box) if (pending.offline) this.retry(pending)
  }

  #queue(pending: Pending): void {
    const before = this.#lines.get(pending.conversation) ?? Promise.resolve()
    const line = before.then(() => this.#deliver(pending))
    this.#lines.set(pending.conversation, line)
    void line.then(() => {
      if (this.#lines.get(pending.conversation) === line) this.#lines.delete(pending.conversation)
    })
  }

  async #deliver(pending: Pending): Promise<void> {
    try {
      const record = await this.#send(pending)
      await this.#arrived(record)
      this.discard(pending)
    } catch (error) {
      const failed: Pending = { ...pending, state: 'failed', error, offline: fault(error).status === 0 }
      this.#change(pending.conversation, (box) => box.map((one) => (one.clientId === pending.clientId ? failed : one)))
    }
  }

  #change(conversation: string, change: (box: readonly Pending[]) => readonly Pending[]): void {
    const next = new Map(this.boxes.get())
    const box = change(next.get(conversation) ?? EMPTY)
    if (box.length > 0) next.set(conversation, box)
    else next.delete(conversation)
    this.boxes.set(next)
  }
}

export const outbox = new Outbox(
  (pending) =>
    pb.collection('messages').create<MessagesRecord>(
      {
        company: currentCompany(),
        conversation: pending.conversation,
        kind: pending.kind,
        text: pending.text,
        attachments: pending.files.map((file) => file.id),
        client_id: pending.clientId,
        ...(pending.replyTo && { reply_to: pending.replyTo }),
        ...(pending.mentions.length > 0 && { mentions: pending.mentions }),
      },
      { expand: 'attachments,reply_to' },
    ),
  (record) => {
    applyChanges([{ collection: 'messages', id: record.id, action: 'create', record: record as never }])
    // the record and its stand-in change places in one paint: the query tells its watchers a moment later
    return new Promise((shown) => notifyManager.schedule(() => shown()))
  },
)

/** How often what failed for want of a line is tried again, when nothing tells that it is back. Milliseconds. */
const AGAIN = 10_000

/** Sends what waits for the line as soon as it is back. */
export function followOutbox(): () => void {
  const wake = (): void => outbox.wake()
  const stop = onLive('gap', wake)
  const timer = setInterval(wake, AGAIN)
  window.addEventListener('online', wake)
  return () => {
    stop()
    clearInterval(timer)
    window.removeEventListener('online', wake)
  }
}

export function usePending(conversation: string): readonly Pending[] {
  return useStore(outbox.boxes, (boxes) => boxes.get(conversation) ?? EMPTY)
}
