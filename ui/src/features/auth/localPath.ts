/** The invite or the code that a path is about: a sign-in on the way to one says so. */
export function inviteIn(path: string | undefined): string {
  const url = new URL(localPath(path), 'http://recado.invalid')
  return url.pathname === '/join' ? (url.searchParams.get('code') ?? '') : (/^\/invite\/([^/]+)$/.exec(url.pathname)?.[1] ?? '')
}

/** A path of this site from an address someone may have tampered with; '/' for anything else. */
export function localPath(path: string | undefined): string {
  if (!path || !path.startsWith('/')) return '/'
  const base = 'http://recado.invalid'
  const url = URL.canParse(path, base) ? new URL(path, base) : undefined
  return url?.origin === base ? url.pathname + url.search : '/'
}
