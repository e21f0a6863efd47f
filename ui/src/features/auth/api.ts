import type { AuthRecord } from 'pocketbase'
import { fault } from '@/lib/errors'
import { setLanguage } from '@/lib/i18n'
import { api, pb, signedIn } from '@/lib/pb'
import type { CompaniesRecord, UsersRecord } from '@/lib/pb-types'
import { preferencesOf } from '@/lib/preferences'
import { queryClient } from '@/lib/query'
import { inviteIn } from './localPath'

function post<T = void>(path: string, body: object, query: object = {}): Promise<T> {
  return api<T>(`/api/recado/${path}`, { body, query: { company: '', ...query } })
}

/** What lets somebody in whom every company has let go: an invite, or a code, that they are on the way to. */
const onTheWayTo = (invite: string): object => (invite ? { invite } : {})

/** What every way in answers with. */
export interface Entry {
  token: string
  record: AuthRecord
  company?: CompaniesRecord
  /** Codes for the day the phone is lost, shown once. */
  recovery?: string[]
}

export interface Ways {
  mail: boolean
  signup: boolean
  providers: { name: string; displayName: string }[]
}

/** How people can sign in here. */
export const waysOptions = () => ({ queryKey: ['ways'], queryFn: ({ signal }: { signal: AbortSignal }) => api<Ways>('/api/recado/sessions/ways', { signal }), staleTime: 60_000 })

export const askCode = (email: string) => post('sessions/code', { email })
export const enterCode = (email: string, code: string, invite: string) => post<Entry>('sessions/code/verify', { email, code }, onTheWayTo(invite))
export const enterPassword = (email: string, password: string, invite: string): Promise<Entry> => pb.collection('users').authWithPassword(email, password, { query: onTheWayTo(invite) })
export const forgot = (email: string) => post('password/forgot', { email })
export const verifyCode = (email: string, otp: string) => post<{ resetToken: string }>('password/verify', { email, otp })
export const resetPassword = (resetToken: string, password: string) => post('password/reset', { resetToken, password })
export const confirmEmail = (token: string, password?: string) => post<{ email: string }>('email/confirm', { token, ...(password ? { password } : {}) })
export const notMe = (token: string) => post<{ resetToken: string }>('sessions/not-me', { token })
export const signUp = (body: object) => post<Partial<Entry> & { sent?: boolean }>('signup', body)
export const confirmSignup = (token: string) => post<Entry>('signup/confirm', { token })

export interface NewSecret {
  secret: string
  uri: string
  qr: string
}
export const setUpFactor = (challenge: string) => post<NewSecret>('sessions/factor/setup', { challenge })
export const enterFactor = (challenge: string, code: string, invite: string) => post<Entry>('sessions/factor', { challenge, code }, onTheWayTo(invite))

/** The rest of a sign-in that waits for its second factor; undefined for any other error. */
export function challengeOf(error: unknown): { challenge: string; setUp: boolean } | undefined {
  const { code, data } = fault(error)
  if (code !== 'second_factor' && code !== 'second_factor_setup') return undefined
  return { challenge: String(data.challenge), setUp: code === 'second_factor_setup' }
}

/** Keeps a sign-in, in its owner's language. */
export async function enter({ token, record }: Entry): Promise<void> {
  signedIn({ token, record })
  queryClient.clear()
  const { language } = preferencesOf(record as unknown as UsersRecord)
  if (language) await setLanguage(language)
}

/** What stands behind the # of a mailed link. It is taken out of the address at once. */
export function tokenOfLink(): string {
  const token = window.location.hash.slice(1)
  if (token) window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search)
  return token
}

const ATTEMPT = 'recado-oauth'
interface Attempt {
  provider: string
  state: string
  verifier: string
  back: string
}
const redirectURL = (): string => `${window.location.origin}/auth/oauth`

/** Sends the browser to a provider. It comes back to /auth/oauth. */
export async function goToProvider(name: string, back: string): Promise<void> {
  const methods = await pb.collection('users').listAuthMethods({ query: { company: '' } })
  const provider = methods.oauth2.providers.find((one) => one.name === name)
  if (!provider) throw new Error(name)
  const attempt: Attempt = { provider: name, state: provider.state, verifier: provider.codeVerifier, back }
  sessionStorage.setItem(ATTEMPT, JSON.stringify(attempt))
  window.location.assign(provider.authURL + encodeURIComponent(redirectURL()))
}

/** Finishes what goToProvider began; undefined if this browser began nothing. */
export function backFromProvider(): { back: string; finish: () => Promise<Entry> } | undefined {
  const search = new URLSearchParams(window.location.search)
  const raw = sessionStorage.getItem(ATTEMPT)
  const attempt = raw ? (JSON.parse(raw) as Attempt) : undefined
  const code = search.get('code')
  if (!attempt || !code || search.get('state') !== attempt.state) return undefined
  return {
    back: attempt.back,
    finish: () => {
      sessionStorage.removeItem(ATTEMPT)
      return pb.collection('users').authWithOAuth2Code(attempt.provider, code, attempt.verifier, redirectURL(), {}, { query: { company: '', ...onTheWayTo(inviteIn(attempt.back)) } })
    },
  }
}
