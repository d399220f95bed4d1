import { useSyncExternalStore } from 'react'

/** A value that lives outside React: set anywhere, read by whoever shows it. */
export interface Store<T> {
  readonly get: () => T
  readonly set: (next: T) => void
  readonly subscribe: (listener: () => void) => () => void
}

export function store<T>(initial: T): Store<T> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The store's value, or the part of it that `pick` names; renders again only when that part is another. */
export function useStore<T>(source: Store<T>): T
export function useStore<T, P>(source: Store<T>, pick: (value: T) => P): P
export function useStore<T, P>(source: Store<T>, pick?: (value: T) => P): T | P {
  const read = (): T | P => (pick === undefined ? source.get() : pick(source.get()))
  return useSyncExternalStore(source.subscribe, read)
}
