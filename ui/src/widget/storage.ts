/**
 * What survives a reload: token, last seen answer, unsent messages.
 * Where localStorage is refused (private mode, blocked third-party storage) or
 * full, it lives as long as the page.
 */
export interface Storage {
  get(key: string): string
  set(key: string, value: string): void
  remove(key: string): void
  /** All values whose key starts with prefix. */
  all(prefix: string): string[]
}

export function browserStorage(scope: string): Storage {
  const page: Record<string, string> = {}
  let disk = page
  try {
    disk = window.localStorage as unknown as typeof page
  } catch {
    // The page's own memory has to do.
  }
  return {
    get: (key) => disk[scope + key] ?? page[key] ?? '',
    set(key, value) {
      page[key] = value
      try {
        disk[scope + key] = value
      } catch {
        // Full: kept in memory only.
      }
    },
    remove(key) {
      delete page[key]
      delete disk[scope + key]
    },
    all: (prefix) =>
      Object.keys(disk)
        .filter((k) => k.startsWith(scope + prefix))
        .map((k) => disk[k]),
  }
}
