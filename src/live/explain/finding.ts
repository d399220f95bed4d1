/** First hearing: the order, what became of it, and in which event each of its intents was born. */
import type { EngineEvent } from '../../domain/events.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import type { Posting } from '../../engine/records/observer.ts'
import type { Runtime } from '../../engine/runtime.ts'
import type { Listener } from './rerun.ts'
import { SILENT } from './silent.ts'

export interface FoundOrder {
  readonly order: number
  readonly cycle: number
  readonly event: number
  readonly at: Instant
  readonly tradeDate: TradeDate
  /** -1 for a structure. */
  readonly instrument: number
  readonly label: string
  readonly type: string
  readonly net: number
  readonly crossed: number
  readonly reference: number
  readonly shares: readonly FoundShare[]
}

export interface FoundShare {
  readonly intent: number
  readonly sleeve: number
  readonly wanted: number
  readonly crossed: number
  readonly reason: string
}

interface Moment {
  readonly event: number
  readonly at: Instant
}

/** What the finding comes to; quantities in units, money in counts. */
export interface Finding {
  readonly runtime: Runtime
  readonly found: FoundOrder
  readonly postings: readonly (Moment & { readonly posting: Posting })[]
  readonly fills: readonly (Moment & { readonly quantity: number; readonly price: number; readonly fee: number })[]
  readonly end: (Moment & { readonly state: string; readonly evidence: string }) | null
  /** Number of the event in which an intent was born. */
  bornIn(intent: number): number
}

export class Finder implements Listener {
  readonly observer: Listener['observer']
  /** Orders seen so far, for who asks for one that is not there. */
  orders = 0
  readonly #order: number
  readonly #postings: Finding['postings'][number][] = []
  readonly #fills: Finding['fills'][number][] = []
  /** Events after which there were more intents than before, and how many there were then. */
  readonly #births: { readonly event: number; readonly next: number }[] = []
  #runtime: Runtime | null = null
  #now: Moment = { event: -1, at: 0 as Instant }
  #found: FoundOrder | null = null
  #end: Finding['end'] = null
  /** Intents before this one were born before anything was heard. */
  #firstIntent = 1

  constructor(order: number) {
    this.#order = order
    this.observer = {
      ...SILENT,
      posting: (posting) => {
        if (posting.order === order) this.#postings.push({ ...this.#now, posting: { ...posting } })
      },
      ordered: (row) => {
        this.orders += 1
        if (row.id === order) this.#found = { ...this.#now, ...orderOf(row) }
      },
      orderFilled: (id, quantity, price, fee) => {
        if (id === order) this.#fills.push({ ...this.#now, quantity, price, fee })
      },
      orderEnded: (id, state, evidence) => {
        if (id === order) this.#end = { ...this.#now, state, evidence }
      },
    }
  }

  attach(runtime: Runtime): void {
    this.#runtime = runtime
    this.#firstIntent = runtime.state.nextIntent
  }

  before({ seq, at }: EngineEvent): boolean {
    this.done()
    this.#now = { event: seq, at }
    return true
  }

  done(): void {
    const { nextIntent } = this.#runtime!.state
    if (nextIntent > (this.#births.at(-1)?.next ?? this.#firstIntent))
      this.#births.push({ event: this.#now.event, next: nextIntent })
  }

  /** Null where no order with that number was heard of, or not of the birth of each of its intents. */
  finding(): Finding | null {
    const found = this.#found
    if (found === null || found.shares.some(({ intent }) => intent < this.#firstIntent)) return null
    const births = this.#births
    return {
      runtime: this.#runtime!,
      found: { ...found, order: this.#order },
      postings: this.#postings,
      fills: this.#fills,
      end: this.#end,
      bornIn: (intent) => births.find(({ next }) => intent < next)!.event,
    }
  }
}

function orderOf(row: Parameters<Listener['observer']['ordered']>[0]): Omit<FoundOrder, 'event'> {
  const { id, cycle, at, tradeDate, instrument, label, type, net, crossed, reference, start, count } = row
  const shares: FoundShare[] = []
  for (let place = start; place < start + count; place += 1) {
    shares.push({
      intent: row.intents[place]!,
      sleeve: row.sleeves[place]!,
      wanted: row.wanted[place]!,
      crossed: row.crosses[place]!,
      reason: row.reasons[place]!,
    })
  }
  const when = { at: at as Instant, tradeDate: tradeDate as TradeDate }
  return { order: id, cycle, ...when, instrument, label, type, net, crossed, reference, shares }
}
