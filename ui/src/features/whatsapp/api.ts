import { queryOptions } from '@tanstack/react-query'
import { api } from '@/lib/pb'

/** How a number is, and the codes to link it by. */
export interface Link {
  state: string
  since: string
  reason: string
  number: string
  qr: string
  picture: string
  code: string
  expires: string
  problem: string
  waiting: number
  /** People who never wrote: how many can be written to within 24 hours, and have been. */
  cold: { limit: number; used: number; until: string; waiting: number }
  history: { days: number; added: number; parts: number }
}

export interface Answering {
  total: number
  chats: { contact: string; name: string; phone: string }[]
}

const path = (channel: string, leaf: string) => `/api/recado/channels/${channel}/${leaf}`

/** The feed says when it changes; what it says is asked for, because only those who may see the codes get them. */
export const linkOptions = (channel: string) =>
  queryOptions({ queryKey: ['whatsapp', 'link', channel], queryFn: ({ signal }) => api<Link>(path(channel, 'link'), { signal }) })

export const answeringOptions = (channel: string, answer: string) =>
  queryOptions({ queryKey: ['whatsapp', 'answering', channel, answer], queryFn: ({ signal }) => api<Answering>(path(channel, 'answering'), { query: { answer }, signal }) })

/** The conversation with a contact, or with whoever has a number, to write first. */
export const beginConversation = (to: { channel: string; contact?: string; phone?: string; name?: string }) => api<{ id: string }>('/api/recado/conversations', { body: to })

export const connect = (channel: string, phone = '') => api<Link>(path(channel, 'connect'), { body: { phone } })
export const disconnect = (channel: string) => api<Link>(path(channel, 'disconnect'), { body: {} })

/** States in which nothing is sent or received until somebody does something. */
export const isOff = (state: string) => state !== 'online' && state !== 'throttled'
