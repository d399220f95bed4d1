/** How a thread that runs a strategy and the thread that waits for it speak: a few shared numbers, and messages. */
import type { MessagePort } from 'node:worker_threads'
import type { OptionChain } from '../../domain/market.ts'
import type { Parameters } from '../../domain/parameters.ts'
import type { Holding, Strategy, View } from '../../domain/strategy.ts'
import type { Memory } from '../../domain/units.ts'

/** Places of the shared numbers: whose turn it is, which question is being answered, whether the guest has ended. */
export const CELL = { state: 0, turn: 1, ended: 2 } as const

/**
 * Whose turn it is. `asked`: the guest's; `calls`: the host's, whose view is asked for something; `answered`: the host's,
 * who takes the reply; `ended`: nobody's any more.
 */
export const STATE = { idle: 0, asked: 1, calls: 2, answered: 3, ended: 4 } as const

/** What an isolated strategy may use before it is stopped. */
export interface Budget {
  /** Of the processor, for one decision: while other programs have the machine, the clock of this budget stands. */
  readonly milliseconds: number
  /** Of the heap of its thread. */
  readonly megabytes: number
}

/** Where none is stated: about a thousand times what a strategy takes. */
export const BUDGET: Budget = { milliseconds: 5_000, megabytes: 256 }

/** Whose strategy runs: that of a file of the user's, or a built-in one. */
export type Subject = { readonly file: string } | { readonly name: string }

/** What the guest's thread begins with. */
export interface GuestData {
  readonly control: Int32Array
  readonly port: MessagePort
  readonly subject: Subject
  readonly megabytes: number
}

export type Question =
  | { readonly kind: 'describe' }
  | { readonly kind: 'answers'; readonly parameters: Parameters }
  | { readonly kind: 'decide'; readonly seen: Seen }

/** What a decision looks at without asking back; everything else of the view is a call. */
export interface Seen {
  readonly parameters: Parameters
  readonly memory: Memory
  readonly slice: Omit<View['slice'], 'chains'>
  readonly universe: Int32Array
  readonly equity: number
  readonly available: number
  readonly capital: number
  /** This row of every output of the declared indicators, by name. */
  readonly rows: ReadonlyMap<string, Float64Array>
  /** By column, of the columns of the universe. */
  readonly positions: ReadonlyMap<number, ColumnFacts>
}

export interface ColumnFacts {
  readonly position: number
  readonly projected: number
  readonly holding: Holding | null
  readonly eligible: boolean
}

/** Something that the host's view is asked for while a decision is being made. */
export interface Call {
  /** A method of the view, or, where a chain is named, of that chain. */
  readonly method: string
  readonly args: readonly unknown[]
  readonly chain?: ChainHandle
}

/** The chain of a column, or one of the slice. */
export type ChainHandle = { readonly column: number } | { readonly place: number }

/** What a chain says of itself; quotes are calls. */
export type ChainFacts = Pick<OptionChain, 'underlying' | 'at' | 'tradeDate' | 'spot' | 'origin'>

export type CallReply = { readonly value: unknown } | { readonly error: string }

export type Description = Omit<Strategy, 'check' | 'indicators' | 'lookback' | 'start' | 'decide' | 'idle'>

/** What a strategy says of itself for some parameters. */
export interface Answers {
  readonly check: string | null
  /** Key of each indicator, by name. */
  readonly indicators: ReadonlyMap<string, string>
  readonly lookback: number
  readonly start: Memory
}

/** One wish: a method of the sink, and what it was called with. */
export interface WishCall {
  readonly method: string
  readonly args: readonly unknown[]
}

export interface Decision {
  readonly memory: Memory
  readonly wishes: readonly WishCall[]
}

export type Reply = { readonly value: unknown } | { readonly fault: string }

/** What the watching thread is told. */
export type WardenMessage =
  | {
      readonly kind: 'open'
      readonly id: number
      readonly control: Int32Array
      readonly port: MessagePort
      /** Where the cause of an end is written. */
      readonly causes: MessagePort
      readonly subject: Subject
      readonly budget: Budget
    }
  | { readonly kind: 'close'; readonly id: number }
