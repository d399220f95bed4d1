import type { QueryClient } from '@tanstack/react-query'
import type { EngineView } from '../../../src/api/contract/overview.ts'
import type { PushMessage } from '../../../src/api/contract/push.ts'
import { type Store, store } from '../state/store.ts'
import { ofPortfolio } from './api.ts'
import { heardServer, serverNow } from './clock.ts'
import { connection } from './connection.ts'
import { applyPush, resync } from './push.ts'

/** How the portfolio's engine is, as the last heartbeat said; null: none runs, or nothing was heard yet. */
export const engine: Store<EngineView | null> = store<EngineView | null>(null)

const RETRY_FIRST_MS = 500
const RETRY_MOST_MS = 15_000
/** Without any frame for this long the channel counts as lost, whatever the socket says. */
const SILENCE_MS = 12_000
/** Closed so where the session has ended. */
const SIGNED_OUT = 4401

/** Whether frames were lost between the last number and this one. */
export function isGap(last: number, message: PushMessage): boolean {
  return message.kind !== 'hello' && last > 0 && message.n > last + 1
}

/** Between two drawings of what was pushed: nobody reads faster, and a replayed market is pushed without a pause. */
const PAUSE_MS = 250
/** Readings that are told whole: the newest one says all. */
const WHOLE: ReadonlySet<PushMessage['kind']> = new Set(['figures', 'sleeves', 'positions', 'approvals', 'beat'])

/** What is to be drawn of what waited: of readings that are told whole only the newest. */
export function newestOf(waiting: readonly PushMessage[]): readonly PushMessage[] {
  const last = new Map(waiting.map(({ kind }, place) => [kind, place]))
  return waiting.filter(({ kind }, place) => !WHOLE.has(kind) || last.get(kind) === place)
}

type Listener = (message: PushMessage) => void

const listeners = new Set<Listener>()

/** Hears every message after it was put into the cache: notices, the command log. */
export function onPush(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Keeps the cache of one portfolio fresh until it is stopped. */
export function followPortfolio(cache: QueryClient, portfolio: string): () => void {
  let socket: WebSocket | null = null
  let last = 0
  let attempts = 0
  let isStopped = false
  let missedWhileHidden = false
  let frame = 0
  let flushedAt = Number.NEGATIVE_INFINITY
  let pause: ReturnType<typeof setTimeout> | undefined
  let silence: ReturnType<typeof setTimeout> | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let waiting: PushMessage[] = []

  function flush(): void {
    frame = 0
    flushedAt = performance.now()
    const messages = newestOf(waiting)
    waiting = []
    for (const message of messages) {
      applyPush(cache, portfolio, message)
      for (const listener of listeners) listener(message)
    }
  }

  function lost(): void {
    const { heardAt } = connection.get()
    if (!isStopped) connection.set({ state: 'lost', heardAt })
  }

  function hear(message: PushMessage): void {
    clearTimeout(silence)
    silence = setTimeout(() => {
      lost()
      socket?.close()
    }, SILENCE_MS)
    heardServer(Date.parse(message.at), 0)
    connection.set({ state: 'live', heardAt: serverNow() })
    if (message.kind === 'hello' || message.kind === 'beat') engine.set(message.data.engine)
    if (message.kind === 'hello' && !message.data.resumed) last = 0
    else if (isGap(last, message)) resync(cache, portfolio)
    last = message.n
    if (document.hidden && message.kind !== 'command') {
      missedWhileHidden = true
      return
    }
    waiting.push(message)
    if (frame !== 0) return
    const rest = PAUSE_MS - (performance.now() - flushedAt)
    frame = rest > 0 ? -1 : requestAnimationFrame(flush)
    if (rest > 0)
      pause = setTimeout(() => {
        frame = requestAnimationFrame(flush)
      }, rest)
  }

  function open(): void {
    const scheme = window.location.protocol === 'https:' ? 'wss' : 'ws'
    const from = last > 0 ? `?from=${last}` : ''
    socket = new WebSocket(`${scheme}://${window.location.host}${ofPortfolio(portfolio, 'push')}${from}`)
    socket.addEventListener('message', ({ data }) => {
      attempts = 0
      hear(JSON.parse(String(data)) as PushMessage)
    })
    socket.addEventListener('close', ({ code }) => {
      if (code === SIGNED_OUT) void cache.invalidateQueries({ queryKey: ['session'] })
      again()
    })
  }

  function again(): void {
    if (isStopped) return
    lost()
    const delay = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** attempts)
    attempts += 1
    retry = setTimeout(open, delay)
  }

  function shown(): void {
    if (document.hidden || !missedWhileHidden) return
    missedWhileHidden = false
    resync(cache, portfolio)
  }

  document.addEventListener('visibilitychange', shown)
  open()
  return () => {
    isStopped = true
    clearTimeout(silence)
    clearTimeout(retry)
    clearTimeout(pause)
    cancelAnimationFrame(frame)
    document.removeEventListener('visibilitychange', shown)
    socket?.close()
  }
}
