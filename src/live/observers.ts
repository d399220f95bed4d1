/** Several that want to know of every booking, told one after the other. */
import type { Observer } from '../engine/records/observer.ts'
import type { Runtime } from '../engine/runtime.ts'

export type Attached = Observer & { attach(runtime: Runtime): void }

type Tell = (...told: readonly unknown[]) => void

/** What none of them wants to know stays unsaid. */
export function toldAll(listeners: readonly (Partial<Attached> & Pick<Attached, 'attach'>)[]): Attached {
  const names = new Set(listeners.flatMap((listener) => Object.keys(listener)))
  const all: Record<string, Tell> = {}
  for (const name of names) {
    const tells = listeners.flatMap((listener) => (listener as unknown as Record<string, Tell | undefined>)[name] ?? [])
    all[name] = (...told) => {
      for (const tell of tells) tell(...told)
    }
  }
  return all as unknown as Attached
}
