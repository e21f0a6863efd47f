import PocketBase, { getTokenPayload, type AuthRecord, type SendOptions } from 'pocketbase'
import { queryClient } from './query'

/** The one connection to the server. Components use the hooks of a feature's api.ts instead. */
export const pb = new PocketBase('/')

// TanStack Query owns cancellation, through the AbortSignal it hands to each query
pb.autoCancellation(false)

/** The company in the address, or '' outside of one. */
export function currentCompany(): string {
  return /^\/c\/([a-z0-9]{15})(?:\/|$)/.exec(window.location.pathname)?.[1] ?? ''
}

// every request of a company screen names the company: without it the server shows nothing
pb.beforeSend = async (url, options) => {
  if (pb.authStore.token && !WAYS_IN.test(url)) {
    // a sign-in that was away for longer than its token is good
    if (timeLeft() < 30) await renew().catch(() => false)
    options.headers = { ...options.headers, Authorization: pb.authStore.token }
  }
  const company = currentCompany()
  const query: Record<string, unknown> = options.query ?? {}
  if (company && !('company' in query)) {
    const address = new URL(url, window.location.origin)
    if (!address.searchParams.has('company')) address.searchParams.set('company', company)
    return { url: address.toString(), options }
  }
  return { url, options }
}

pb.afterSend = (response: Response, data: { refresh?: unknown; meta?: { refresh?: unknown } } | null, options?: SendOptions) => {
  if (response.status === 401) signedOut(new Headers(options?.headers).get('Authorization') ?? '')
  const refresh = data?.refresh ?? data?.meta?.refresh
  if (response.ok && typeof refresh === 'string' && refresh) localStorage.setItem(REFRESH, refresh)
  return data
}

/** Requests that work without a token, or get a new one. */
const WAYS_IN = /\/(auth-with-|auth-refresh|sessions\/(refresh|ways|code|factor|not-me)|password\/|signup)/

/** Where what renews the sign-in lies, for all tabs. */
const REFRESH = 'recado-refresh'

/** How many seconds the token is still good. */
function timeLeft(): number {
  const { exp = 0 } = getTokenPayload(pb.authStore.token) as { exp?: number }
  return exp - Date.now() / 1000
}

let renewing: Promise<boolean> | undefined

/**
 * Gets a new token: true if there is one. While the old one is good it is shown; after that, or if the server refused it,
 * what came with it, which is good once. So one tab does it, and the others take what it got.
 */
export function renew(refused = ''): Promise<boolean> {
  renewing ??= alone(async () => {
    if (timeLeft() > 600 && pb.authStore.token !== refused) return true
    if (timeLeft() > 5 && !refused) return answered(pb.collection('users').authRefresh({ query: { company: '' } }))
    const refresh = localStorage.getItem(REFRESH)
    if (!refresh) return false
    return answered(api<{ token: string; record: AuthRecord }>('/api/recado/sessions/refresh', { body: { refresh }, query: { company: '' } }).then(signedIn))
  }).finally(() => (renewing = undefined))
  return renewing
}

/** Whether the server agreed. That it could not be reached is no answer. */
function answered(request: Promise<unknown>): Promise<boolean> {
  return request.then(
    () => true,
    (error: { status?: number }) => {
      if (error.status === 401 || error.status === 403) return false
      throw error
    },
  )
}

/** One tab at a time. Plain http has no locks: there a mark that is younger than ten seconds is waited for. */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  const locks = navigator.locks as LockManager | undefined
  if (locks) return locks.request('recado-renew', work)
  const mark = 'recado-renewing'
  while (Date.now() - Number(localStorage.getItem(mark)) < 10_000) await new Promise((done) => setTimeout(done, 50 + Math.random() * 100))
  localStorage.setItem(mark, String(Date.now()))
  return work().finally(() => localStorage.removeItem(mark))
}

/** Whether somebody is signed in here, or still can be. */
export async function isSignedIn(): Promise<boolean> {
  return pb.authStore.isValid || (!!localStorage.getItem(REFRESH) && (await renew().catch(() => false)))
}

/** The server refused a token. It says nothing about a newer sign-in, nor about a request made before there was one. */
export function signedOut(token: string): void {
  if (!token || token !== pb.authStore.token) return
  renew(token).then(
    (renewed) => (renewed ? queryClient.invalidateQueries() : keepRefusal(token).then(() => signOut())),
    () => undefined,
  )
}

/** Where the reason lies why somebody was signed out, for the login page. */
const REFUSAL = 'recado-refusal'

interface Refusal extends Record<string, unknown> {
  code: string
}

/** Asks why a token is refused. The end of somebody's work hours is a reason to tell; most are none. */
async function keepRefusal(token: string): Promise<void> {
  const answer = await fetch('/api/recado/me', { headers: { Authorization: token } }).catch(() => undefined)
  const body = (await answer?.json().catch(() => undefined)) as { data?: Refusal } | undefined
  if (body?.data?.code === 'out_of_hours') sessionStorage.setItem(REFUSAL, JSON.stringify(body.data))
}

/** The reason why somebody was signed out here, told once. */
export function takeRefusal(): Refusal | undefined {
  const kept = sessionStorage.getItem(REFUSAL)
  sessionStorage.removeItem(REFUSAL)
  return kept ? (JSON.parse(kept) as Refusal) : undefined
}

/** The address to come back to after signing in: this page, unless it is a way in itself. */
export function returnPath(): string {
  const { pathname, search } = window.location
  return /^\/(login|setup|invite|join|signup|auth)(\/|$)/.test(pathname) || pathname === '/' ? '' : pathname + search
}

/** Ends the sign-in in this browser and shows the login page. A full load leaves nothing of the last person in memory. */
export function signOut(keepPlace = true): void {
  const back = keepPlace ? returnPath() : ''
  pb.authStore.clear()
  localStorage.removeItem(REFRESH)
  window.location.assign(back ? `/login?return=${encodeURIComponent(back)}` : '/login')
}

/** Signs out here and at the server. */
export async function leave(keepPlace = false): Promise<void> {
  await api('/api/recado/sessions/revoke', { body: {}, query: { company: '' } }).catch(() => undefined)
  signOut(keepPlace)
}

/** Whether a superuser acts here for the person whose screens these are. */
export function isActing(): boolean {
  return pb.authStore.token !== '' && (getTokenPayload(pb.authStore.token) as { refreshable?: boolean }).refreshable === false
}

/** Ends the sign-in here and at the server, and goes to another page. */
export async function leaveTo(path: string): Promise<void> {
  await api('/api/recado/sessions/revoke', { body: {}, query: { company: '' } }).catch(() => undefined)
  pb.authStore.clear()
  window.location.assign(path)
}

/** Renews the token of someone who is here, before it ends. A refusal shows with the next request. */
export async function staySignedIn(): Promise<void> {
  if (pb.authStore.token && timeLeft() < 600) await renew().catch(() => undefined)
}

// who signs out in one tab is out in all of them
window.addEventListener('storage', (event) => {
  if (event.key === 'pocketbase_auth' && !event.newValue && currentCompany()) signOut()
})

export function userId(): string {
  return pb.authStore.record?.id ?? ''
}

/** The id of this sign-in among those of the account. */
export function sessionId(): string {
  return (getTokenPayload(pb.authStore.token) as { sid?: string }).sid ?? ''
}

/** Keeps the answer of a sign-in, set-up or invite route. */
export function signedIn(answer: { token: string; record: AuthRecord }): void {
  pb.authStore.save(answer.token, answer.record)
}

/** A request to one of Recado's own routes. `path` starts with /api/; the body is sent as JSON or, if it is one, as a form. */
export function api<T>(path: string, options: { method?: string; body?: unknown; query?: Record<string, unknown>; signal?: AbortSignal; headers?: Record<string, string> } = {}): Promise<T> {
  const body = options.body as Record<string, unknown> | FormData | undefined
  return pb.send<T>(path, { ...options, body, method: options.method ?? (body === undefined ? 'GET' : 'POST') })
}
