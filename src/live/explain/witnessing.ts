/** Second hearing: the moments in which the intents of one order were born, seen from inside. */
import type { EngineEvent } from '../../domain/events.ts'
import type { Slice } from '../../domain/market.ts'
import type { Instant } from '../../domain/units.ts'
import type { JudgedEntry, SizedEntry } from '../../engine/records/witness.ts'
import type { Runtime } from '../../engine/runtime.ts'
import type { ExplainedBar, ExplainedShare } from './explanation.ts'
import type { Listener } from './rerun.ts'
import { SILENT } from './silent.ts'

/** One intent to be witnessed: whose it is, and what it is in. */
export interface Sought {
  readonly intent: number
  readonly event: number
  readonly sleeve: number
  /** Of a structure, its underlying; -1 where that is not known. */
  readonly instrument: number
}

/** What was seen of its birth. */
export interface Seen {
  readonly kind: string
  readonly at: Instant
  readonly bar: ExplainedBar | null
  readonly indicators: ExplainedShare['indicators']
  readonly sized: SizedEntry | null
  readonly judged: JudgedEntry | null
}

export class Witnessing implements Listener {
  readonly observer: Listener['observer']
  /** By intent. */
  readonly seen = new Map<number, Seen>()
  readonly #sought: readonly Sought[]
  readonly #last: number
  readonly #sized = new Map<string, SizedEntry>()
  readonly #judged = new Map<number, { readonly judged: JudgedEntry; readonly sized: SizedEntry | null }>()
  #runtime: Runtime | null = null
  #event: EngineEvent | null = null
  #bars = new Map<number, ExplainedBar | null>()

  constructor(sought: readonly Sought[]) {
    this.#sought = sought
    this.#last = Math.max(...sought.map(({ event }) => event))
    this.observer = {
      ...SILENT,
      witness: {
        sized: (sized) => {
          this.#sized.set(keyOf(sized), { ...sized, terms: { ...sized.terms }, factors: { ...sized.factors } })
        },
        judged: (judged) => {
          this.#judged.set(judged.intent, { judged, sized: this.#sized.get(keyOf(judged)) ?? null })
        },
      },
    }
  }

  attach(runtime: Runtime): void {
    this.#runtime = runtime
  }

  before(event: EngineEvent): boolean {
    this.done()
    if (event.seq > this.#last) return false
    this.#event = event
    this.#sized.clear()
    this.#judged.clear()
    // A slice may be a row that is aimed at the next bar later on: what is needed of it is taken now.
    if (event.kind === 'slices')
      this.#bars = new Map(this.#born().map(({ intent, ...sought }) => [intent, this.#barOf(event.slices, sought)]))
    return true
  }

  done(): void {
    const event = this.#event
    if (event === null) return
    for (const sought of this.#born()) {
      const { judged, sized } = this.#judged.get(sought.intent) ?? { judged: null, sized: null }
      const isClose = event.kind === 'slices'
      this.seen.set(sought.intent, {
        kind: event.kind,
        at: event.at,
        bar: isClose ? (this.#bars.get(sought.intent) ?? null) : null,
        indicators: isClose ? this.#indicatorsOf(sought) : [],
        sized,
        judged,
      })
    }
    this.#event = null
  }

  #born(): readonly Sought[] {
    const seq = this.#event?.seq
    return this.#sought.filter(({ event }) => event === seq)
  }

  #barOf(slices: readonly Slice[], { sleeve, instrument }: Omit<Sought, 'intent'>): ExplainedBar | null {
    const clock = this.#runtime!.sleeves[sleeve]!.config.clock
    const slice = slices.find((one) => one.clock === clock)
    const column = slice?.instruments.indexOf(instrument) ?? -1
    if (slice === undefined || column < 0) return null
    const volume = slice.volume[column]!
    return {
      clock,
      tradeDate: slice.tradeDate,
      open: slice.open[column]!,
      high: slice.high[column]!,
      low: slice.low[column]!,
      close: slice.close[column]!,
      volume: Number.isNaN(volume) ? null : volume,
    }
  }

  #indicatorsOf({ sleeve, instrument }: Sought): ExplainedShare['indicators'] {
    const { strategy, config } = this.#runtime!.sleeves[sleeve]!
    const clock = this.#runtime!.clocks.get(config.clock)
    const column = clock?.columnOf[instrument] ?? -1
    if (strategy === null || clock === undefined || column < 0) return []
    return Object.entries(strategy.indicators(config.parameters)).flatMap(([name, { key, outputs }]) =>
      outputs.map((output, place) => {
        const value = clock.indicators.get(key)!.rows[place]![column]!
        return { name: output === '' ? name : `${name}.${output}`, value: Number.isNaN(value) ? null : value }
      }),
    )
  }
}

function keyOf({ sleeve, instrument }: { readonly sleeve: number; readonly instrument: number }): string {
  return `${sleeve} ${instrument}`
}
