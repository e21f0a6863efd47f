/** Collects what is asked for in one turn and asks for it together, at most so many at a time. What the answer lacks is undefined. */
export function together<T>(most: number, fetch: (keys: string[]) => Promise<Map<string, T>>): (key: string) => Promise<T | undefined> {
  let open: { keys: Set<string>; answer: Promise<Map<string, T>> } | undefined
  return async (key) => {
    if (!open || (open.keys.size >= most && !open.keys.has(key))) {
      const batch = new Set<string>()
      open = {
        keys: batch,
        answer: new Promise<void>((resolve) => setTimeout(resolve)).then(() => {
          if (open?.keys === batch) open = undefined
          return fetch([...batch])
        }),
      }
    }
    open.keys.add(key)
    return (await open.answer).get(key)
  }
}
