/** A path of this site from an address someone may have tampered with; '/' for anything else. */
export function localPath(path: string | undefined): string {
  if (!path || !path.startsWith('/')) return '/'
  const base = 'http://recado.invalid'
  const url = URL.canParse(path, base) ? new URL(path, base) : undefined
  return url?.origin === base ? url.pathname + url.search : '/'
}
