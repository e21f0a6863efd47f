import { queryOptions } from '@tanstack/react-query'
import { applyRecord, listOptions } from '@/lib/data'
import { api } from '@/lib/pb'
import type { MailsRecord } from '@/lib/pb-types'

/** The mail server in effect. The password is only said to be there. */
interface MailServer {
  kept: '' | 'off' | 'no_server'
  source: '' | 'environment' | 'dashboard'
  sender: string
  /** What links in mails begin with */
  base: string
  host?: string
  port?: number
  user?: string
  tls?: boolean
  password?: boolean
}

export const serverOptions = (company: string) => queryOptions({ queryKey: ['mail', 'server', company], queryFn: ({ signal }) => api<MailServer>('/api/recado/mail/settings', { signal }) })

export type Shown = 'all' | 'failed'

/** The latest mails, newest first; new ones and changes come by the feed. */
export function mailsOptions(shown: Shown) {
  return listOptions(
    'mails',
    { sort: '-created,-id', perPage: 100, ...(shown === 'failed' ? { filter: "status = 'failed'" } : {}) },
    { match: (mail) => shown === 'all' || mail.status === 'failed', compare: (a, b) => (a.created > b.created || (a.created === b.created && a.id > b.id) ? -1 : 1) },
  )
}

export const previewOptions = (id: string) =>
  queryOptions({ queryKey: ['mail', 'preview', id], queryFn: ({ signal }) => api<{ html: string; text: string; ics?: string }>(`/api/recado/mails/${id}/preview`, { signal }), retry: false })

export async function sendTest(): Promise<MailsRecord> {
  const mail = await api<MailsRecord>('/api/recado/mail/test', { method: 'POST' })
  applyRecord('mails', mail)
  return mail
}

export async function resend(id: string): Promise<void> {
  applyRecord('mails', await api<MailsRecord>(`/api/recado/mails/${id}/resend`, { method: 'POST' }))
}
