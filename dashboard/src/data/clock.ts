import { useSyncExternalStore } from 'react'

/**
 * The server's clock as far as it was heard: ages are told by it, not by this machine's. A heartbeat is exact; the Date
 * of an answer knows seconds only and counts until a heartbeat came.
 */
let offsetMs = 0
let roughnessMs = Number.POSITIVE_INFINITY

export function heardServer(serverMs: number, roughness: number): void {
  if (Number.isNaN(serverMs) || roughness > roughnessMs) return
  if (roughness > 0 && Math.abs(serverMs - serverNow()) <= roughness) return
  offsetMs = serverMs - Date.now()
  roughnessMs = roughness
}

export function serverNow(): number {
  return Date.now() + offsetMs
}

const SECOND_MS = 1000
const listeners = new Set<() => void>()
let second = Math.floor(serverNow() / SECOND_MS)
let timer: ReturnType<typeof setInterval> | undefined

function tick(): void {
  second = Math.floor(serverNow() / SECOND_MS)
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(tick, SECOND_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The server's time in whole seconds, as milliseconds: whoever reads it is drawn once a second. */
export function useSecond(): number {
  return useSyncExternalStore(subscribe, () => second) * SECOND_MS
}
