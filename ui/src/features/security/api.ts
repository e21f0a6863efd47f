import { queryOptions } from '@tanstack/react-query'
import { api, pb, signedIn, userId } from '@/lib/pb'
import type { AuthSessionsRecord, UsersRecord } from '@/lib/pb-types'

/** The devices I am signed in on, the one used last first. */
export const sessionsOptions = () =>
  queryOptions({
    queryKey: ['auth_sessions', 'list', userId()],
    queryFn: ({ signal }) => pb.collection('auth_sessions').getFullList<AuthSessionsRecord>({ sort: '-last_seen', query: { company: '' }, signal }),
  })

export function revoke(body: { session: string } | { others: true }): Promise<void> {
  return api('/api/recado/sessions/revoke', { body, query: { company: '' } })
}

/** A new password ends every other sign-in; this one goes on with what is answered. */
export async function changePassword(oldPassword: string, password: string): Promise<void> {
  signedIn(await api<{ token: string; record: UsersRecord }>('/api/recado/me/password', { body: { oldPassword, password }, query: { company: '' } }))
}
