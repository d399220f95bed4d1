import type { Line, Panel } from './analysis.ts'
import type { SleeveFigures } from './report.ts'

/* The page of one strategy. */

type Figure = number | null

export interface SleeveMark {
  readonly day: string
  readonly at: string
  readonly instrument: string
  readonly what: 'entry' | 'exit'
  /** Of the position: `long` or `short`. */
  readonly side: string
  readonly quantity: number
  readonly price: Figure
  readonly order: string
  readonly reason: string
  /** Of the round trip that it ended; null for an entry. */
  readonly pnl: Figure
}

export interface SleeveEquity {
  readonly equity: Line
  /** Cumulative time-weighted returns of the sleeve under limits and netting, and of its shadow alone. */
  readonly actual: Line
  readonly shadow: Line | null
  /** Entries and exits, the newest 2,000. */
  readonly marks: readonly SleeveMark[]
  /** What kept the sleeve from doing as its shadow did; null where no shadow is kept. */
  readonly gap: {
    readonly actual: Figure
    readonly shadow: Figure
    readonly difference: Figure
    readonly fees: Figure
    readonly shadowFees: Figure
    /** Gained by crossing inside, in money. */
    readonly crossingGain: number
    readonly slippage: number
    /** Entries that limits refused or trimmed. */
    readonly refused: number
    readonly trimmed: number
  } | null
}

export interface SleeveSignal {
  readonly day: string
  readonly at: string
  /** Signed. */
  readonly quantity: number
  readonly confidence: number
  readonly price: number
  readonly stop: Figure
  readonly target: Figure
  readonly regime: string
  readonly reason: string
}

export interface SleeveBar {
  readonly day: string
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

/** One output of an indicator that the strategy decides by. */
export interface SleeveIndicator {
  /** As the strategy calls it. */
  readonly name: string
  /** What it is: `rsi(14)`. */
  readonly of: string
  /** It is drawn over the prices; else below them. */
  readonly isPrice: boolean
  /** One for each bar; null: not defined yet. */
  readonly values: readonly Figure[]
}

export interface SleevePrices {
  /** What the sleeve traded or holds; the first is shown where none was asked for. */
  readonly instruments: readonly string[]
  readonly instrument: string
  readonly decimals: number
  /** Daily bars of the instrument's sessions, the newest 2,500. */
  readonly bars: readonly SleeveBar[]
  /** As the kernel computes them, eight at most. */
  readonly indicators: readonly SleeveIndicator[]
  readonly signals: readonly SleeveSignal[]
  readonly marks: readonly SleeveMark[]
}

export interface SizingTerm {
  readonly name: string
  readonly value: number | string
}

/** How the size of an entry came about. */
export interface Sizing {
  /** The rule as text, `fixed fraction: capital x fraction / price`. */
  readonly formula: string
  readonly terms: readonly SizingTerm[]
  readonly asked: Figure
  readonly allowed: Figure
  /** Rules that were consulted, in their order. */
  readonly rules: readonly {
    readonly rule: string
    readonly outcome: string
    readonly value: Figure
    readonly limit: Figure
    readonly left: Figure
  }[]
}

export interface SleevePosition {
  readonly instrument: string
  readonly side: 'long' | 'short'
  readonly quantity: number
  readonly entryPrice: number
  readonly price: number
  readonly value: number
  /** Of the sleeve's equity. */
  readonly weight: Figure
  readonly unrealised: number
  readonly enteredAt: string | null
  readonly entryDay: string | null
  /** Calendar days. */
  readonly held: Figure
  readonly order: string | null
  readonly reason: string
  readonly sizing: Panel<Sizing>
}

export interface SleeveParameter {
  readonly name: string
  /** As in the configuration. */
  readonly value: unknown
  readonly standard: unknown
  readonly isStandard: boolean
  readonly about: string
}

export interface SleeveParameters {
  readonly strategy: string
  readonly about: string
  readonly instruments: readonly string[]
  readonly timeframe: string
  readonly parameters: readonly SleeveParameter[]
}

export interface SleevePage {
  readonly currency: string
  readonly name: string
  readonly title: string
  /** Every sleeve, for the selector. */
  readonly sleeves: readonly { readonly name: string; readonly title: string }[]
  readonly status: 'active' | 'paused' | 'cash' | 'external'
  readonly stage: string | null
  /** Exactly those of report.json. */
  readonly figures: SleeveFigures
  readonly equity: Panel<SleeveEquity>
  readonly prices: Panel<SleevePrices>
  readonly positions: Panel<readonly SleevePosition[]>
  readonly parameters: Panel<SleeveParameters>
}
