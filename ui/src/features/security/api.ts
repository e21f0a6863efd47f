import { queryOptions } from '@tanstack/react-query'
import { api, pb, signedIn, userId } from '@/lib/pb'
import type { AuthFactorsRecord, AuthSessionsRecord, UsersRecord } from '@/lib/pb-types'

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

function mine<T>(path: string, body: object): Promise<T> {
  return api<T>(`/api/recado/me/${path}`, { body, query: { company: '' } })
}

export const changeEmail = (email: string, password: string): Promise<void> => mine('email', { email, password })
export const askVerify = (): Promise<void> => mine('verify', {})

/** Whether e-mails leave here at all. */
export const mailOptions = () => queryOptions({ queryKey: ['ways'], queryFn: ({ signal }) => api<{ mail: boolean }>('/api/recado/sessions/ways', { signal, query: { company: '' } }), staleTime: 60_000 })

/** My authenticator app; null where there is none. */
export const factorOptions = () =>
  queryOptions({
    queryKey: ['auth_factors', userId()],
    queryFn: async ({ signal }) => {
      const [factor] = await pb.collection('auth_factors').getFullList<AuthFactorsRecord>({ query: { company: '' }, signal })
      return factor?.confirmed ? factor : null
    },
  })

export const makeFactor = (password: string): Promise<{ secret: string; qr: string }> => mine('totp', { password })
export const confirmFactor = (code: string): Promise<{ recovery: string[] }> => mine('totp/confirm', { code })
export const renewRecovery = (password: string, code: string): Promise<{ recovery: string[] }> => mine('totp/recovery', { password, code })
export const removeFactor = (password: string, code: string): Promise<void> => mine('totp/remove', { password, code })
