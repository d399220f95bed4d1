/** Carries messages from the store to a bus, beside the run: a bus that is away holds nothing up and misses nothing. */
import type { Bus, BusKey, Message } from '../domain/bus.ts'
import type { Store } from '../domain/store.ts'
import type { Json } from '../domain/units.ts'

type Keys = Readonly<Record<BusKey, Json>>

export interface OutboxOptions {
  readonly store: Pick<Store, 'messages' | 'delivered' | 'confirm'>
  readonly portfolio: string
  readonly bus: Bus
  /** Under which the store remembers how far this bus is. */
  readonly busName: string
  /** Waits so many seconds. */
  pause(seconds: number): Promise<void>
  /** Told when the bus goes away, with the reason, and when it is back. */
  onState?(isThere: boolean, reason: string): void
}

export interface Outbox {
  /** Something was committed; what gives the figures of that moment, asked once they can be delivered. */
  poke(keys: () => Keys): void
  /** Gives what is there, if the bus takes it; returns how many messages are still owed. */
  close(): Promise<number>
}

/** Messages that are given at a time. */
const PAGE = 500
/** How often an idle outbox looks whether it was poked, and how soon one is asked again that was away. */
const PAUSE_SECONDS = 0.1
const RETRY_MOST_SECONDS = 30

export function openOutbox(options: OutboxOptions): Outbox {
  let keys: (() => Keys) | null = null
  let isPoked = true
  let isClosing = false
  let isThere = true

  /** Gives one page; true when there may be more. */
  async function step(): Promise<boolean> {
    const { bus, store, portfolio, busName } = options
    const page = await owedPage(options)
    const figures = page.length < PAGE ? keys : null
    if (page.length === 0 && figures === null) return false
    await bus.deliver(portfolio, page, figures?.() ?? null)
    if (figures === keys) keys = null
    if (page.length > 0) await store.confirm(portfolio, busName, page.at(-1)!.number)
    return page.length === PAGE
  }

  async function attempt(): Promise<boolean> {
    try {
      const isMore = await step()
      if (!isThere) options.onState?.(true, '')
      isThere = true
      return isMore
    } catch (error) {
      if (isThere) options.onState?.(false, error instanceof Error ? error.message : String(error))
      isThere = false
      return false
    }
  }

  async function pump(): Promise<void> {
    let wait = PAUSE_SECONDS
    while (!isClosing) {
      if (isPoked) {
        isPoked = false
        isPoked = (await attempt()) || !isThere || isPoked
        wait = isThere ? PAUSE_SECONDS : Math.min(wait * 2, RETRY_MOST_SECONDS)
        if (isPoked && isThere) continue
      }
      await options.pause(wait)
    }
  }

  const running = pump()
  return {
    poke(figures) {
      keys = figures
      isPoked = true
    },
    async close() {
      isClosing = true
      await running
      while (await attempt()) {}
      return owedTo(options.busName, options.store, options.portfolio)
    },
  }
}

async function owedPage({ store, portfolio, busName }: OutboxOptions): Promise<readonly Message[]> {
  const page: Message[] = []
  for await (const message of store.messages(portfolio, (await store.delivered(portfolio, busName)) + 1)) {
    page.push(message)
    if (page.length === PAGE) break
  }
  return page
}

/** How many messages a bus has not confirmed yet. */
export async function owedTo(
  busName: string,
  store: Pick<Store, 'messages' | 'delivered'>,
  portfolio: string,
): Promise<number> {
  let owed = 0
  for await (const _ of store.messages(portfolio, (await store.delivered(portfolio, busName)) + 1)) owed += 1
  return owed
}
