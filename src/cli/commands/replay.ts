import { openStore } from '../../adapters/store/open.ts'
import type { EngineEvent } from '../../domain/events.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Kernel } from '../../engine/kernel.ts'
import { replay as rebuild } from '../../live/replay.ts'
import { workOf } from '../../live/standing.ts'
import { loadPortfolio } from '../config/load.ts'
import { eventWords } from '../live/event-words.ts'
import { strategiesWith } from '../live/recorded.ts'
import { standingDocument, standingText } from '../live/standing-text.ts'
import { print, printJson } from '../output.ts'
import { count, known, money } from '../report/numbers.ts'
import { textTable } from '../text-table.ts'

interface ReplayOptions {
  readonly store: string
  readonly from?: number
  readonly to?: number
  readonly json?: boolean
}

/** An event, and how the portfolio stood after it. */
interface Told {
  readonly seq: number
  readonly at: string
  readonly kind: string
  readonly what: string
  /** At the last marks that were valued. */
  readonly equity: number
  /** At the broker. */
  readonly openOrders: number
  readonly waitingWishes: number
}

/** `polyfolio replay`: the state after any event, from the journal alone, and on request what led to it. */
export async function replay(file: string, options: ReplayOptions): Promise<void> {
  const { from = Number.POSITIVE_INFINITY, to = Number.MAX_SAFE_INTEGER } = options
  if (options.from !== undefined && from > to) {
    const reason = `${from} is after --to ${to}; give the earlier event first`
    throw new FaultError(fault('OPTION_INVALID', { option: '--from', reason }))
  }
  const loaded = await loadPortfolio(file)
  const store = await openStore(options.store, { create: false })
  try {
    const { name, currency } = loaded.config
    const told: Told[] = []
    const kernel = await rebuild(store, name, strategiesWith(loaded), to, (event, now) => {
      if (event.seq >= from) told.push(toldOf(event, now))
    })
    if (kernel === null) {
      const names = (await store.extents()).map(({ portfolio }) => `"${portfolio}"`)
      const held = names.length === 0 ? 'none' : names.join(', ')
      throw new FaultError(fault('JOURNAL_EMPTY', { store: options.store, portfolio: name, known: held }))
    }
    const isTold = options.from !== undefined
    if (options.json === true) printJson({ ...standingDocument(kernel), ...(isTold ? { events: told } : {}) })
    else print([...(isTold ? [eventsText(told, currency), ''] : []), standingText(kernel)].join('\n'))
  } finally {
    await store.close()
  }
}

function toldOf(event: EngineEvent, { runtime }: Kernel): Told {
  return {
    seq: event.seq,
    at: new Date(event.at).toISOString(),
    kind: event.kind,
    what: eventWords(event, runtime),
    equity: known(runtime.equity),
    ...workOf(runtime),
  }
}

function eventsText(told: readonly Told[], currency: string): string {
  if (told.length === 0) return 'No event as late as that.'
  return textTable(
    ['Event', 'When (UTC)', 'Kind', 'What', 'Equity', 'Orders', 'Wishes'],
    told.map(({ seq, at, kind, what, equity, openOrders, waitingWishes }) => [
      count(seq),
      at.replace('T', ' ').slice(0, 19),
      kind,
      what,
      money(equity, currency),
      count(openOrders),
      count(waitingWishes),
    ]),
    [0, 4, 5, 6],
  )
}
