import type { BaseRecord } from '../pb-types'

/** One event of the company feed. Typing and presence carry their own fields beside or inside `record`. */
export interface LiveEvent {
  epoch: string | number
  seq: number
  name: string
  collection?: string
  id?: string
  action?: 'create' | 'update' | 'delete' | 'gone'
  record?: BaseRecord & Record<string, unknown>
  rev?: number
  [field: string]: unknown
}

export type LiveState = 'connecting' | 'open' | 'offline' | 'unauthorized' | 'forbidden'

/** What a tab tells the shared worker. */
export type ToWorker = { type: 'join'; url: string; token: string } | { type: 'leave' } | { type: 'beat' } | { type: 'wake' }

/** What the shared worker tells a tab. Events come in batches; `token` is the one that was refused. */
export type FromWorker = { type: 'events'; events: LiveEvent[] } | { type: 'state'; state: LiveState; token?: string } | { type: 'gap' }
