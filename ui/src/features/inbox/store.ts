import { useSyncExternalStore } from 'react'

/** A value outside of React that components can watch. For what many places write and few read, like who is typing. */
export interface Store<T> {
  get(): T
  set(next: T): void
  subscribe(changed: () => void): () => void
}

export function store<T>(value: T): Store<T> {
  const watchers = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      if (next === value) return
      value = next
      for (const changed of watchers) changed()
    },
    subscribe(changed) {
      watchers.add(changed)
      return () => watchers.delete(changed)
    },
  }
}

/** The part of a store a component needs; it is drawn again only when that part changes. */
export function useStore<T, P>(store: Store<T>, part: (value: T) => P): P {
  return useSyncExternalStore(store.subscribe, () => part(store.get()))
}
