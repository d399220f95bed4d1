/** The first signal ends a process in order: last commit, last state, lease. The second one ends it at once. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const

export interface Stopping {
  readonly signal: AbortSignal
  close(): void
}

/** @param onStop told once, when the first signal came */
export function listenForStop(onStop: () => void = () => {}): Stopping {
  const stop = new AbortController()
  const onSignal = (): void => {
    // What a supervisor or an impatient person says a second time: everything that was committed is in the store.
    if (stop.signal.aborted) process.exit(1)
    stop.abort()
    onStop()
  }
  // A process that was started by another one ends with it.
  const onOrphaned = (): void => {
    if (!stop.signal.aborted) onSignal()
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  process.on('disconnect', onOrphaned)
  return {
    signal: stop.signal,
    close() {
      for (const signal of SIGNALS) process.off(signal, onSignal)
      process.off('disconnect', onOrphaned)
    },
  }
}
