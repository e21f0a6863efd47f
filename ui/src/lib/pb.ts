import PocketBase, { getTokenPayload, type AuthRecord, type SendOptions } from 'pocketbase'

/** The one connection to the server. Components use the hooks of a feature's api.ts instead. */
export const pb = new PocketBase('/')

// TanStack Query owns cancellation, through the AbortSignal it hands to each query
pb.autoCancellation(false)

/** The company in the address, or '' outside of one. */
export function currentCompany(): string {
  return /^\/c\/([a-z0-9]{15})(?:\/|$)/.exec(window.location.pathname)?.[1] ?? ''
}

// every request of a company screen names the company: without it the server shows nothing
pb.beforeSend = (url, options) => {
  const company = currentCompany()
  const query: Record<string, unknown> = options.query ?? {}
  if (company && !('company' in query)) {
    const address = new URL(url, window.location.origin)
    if (!address.searchParams.has('company')) address.searchParams.set('company', company)
    return { url: address.toString(), options }
  }
  return { url, options }
}

pb.afterSend = (response: Response, data: unknown, options?: SendOptions) => {
  if (response.status === 401) signedOut(new Headers(options?.headers).get('Authorization') ?? '')
  return data
}

/** The server refused a token. It says nothing about a newer sign-in, nor about a request made before there was one. */
export function signedOut(token: string): void {
  if (token && token === pb.authStore.token) signOut()
}

/** The address to come back to after signing in: this page, unless it is a way in itself. */
export function returnPath(): string {
  const { pathname, search } = window.location
  return /^\/(login|setup|invite)(\/|$)/.test(pathname) || pathname === '/' ? '' : pathname + search
}

/** Ends the sign-in in this browser and shows the login page. A full load leaves nothing of the last person in memory. */
export function signOut(keepPlace = true): void {
  const back = keepPlace ? returnPath() : ''
  pb.authStore.clear()
  window.location.assign(back ? `/login?return=${encodeURIComponent(back)}` : '/login')
}

const DAY = 86_400

/** Renews the sign-in of someone who keeps coming back, at most once a day. A refusal shows with the next request. */
export async function staySignedIn(now = Date.now()): Promise<void> {
  const { exp = 0 } = getTokenPayload(pb.authStore.token) as { exp?: number }
  const asked = Number(localStorage.getItem('recado-renewed') ?? 0)
  if (exp * 1000 < now || now / 1000 - asked < DAY) return
  localStorage.setItem('recado-renewed', String(Math.floor(now / 1000)))
  await pb.collection('users').authRefresh({ query: { company: '' } }).catch(() => undefined)
}

// who signs out in one tab is out in all of them
window.addEventListener('storage', (event) => {
  if (event.key === 'pocketbase_auth' && !event.newValue && currentCompany()) signOut()
})

export function userId(): string {
  return pb.authStore.record?.id ?? ''
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
