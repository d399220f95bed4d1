/** Live readings of what was traded, refused and limited. */
import type { Amount } from './answers.ts'

/** A sleeve that has a part in an order; how much, and why, the explanation of the order says. */
export interface OrderShareView {
  readonly sleeve: string
}

export interface OrderRow {
  /** Its number; for the explain drawer. */
  readonly order: number
  readonly seq: number
  readonly at: string
  readonly tradeDate: string
  /** As the broker was told it; null: nothing was sent. */
  readonly clientId: string | null
  readonly broker: string | null
  readonly instrument: string | null
  readonly symbol: string
  readonly side: 'buy' | 'sell' | 'cross'
  readonly type: string
  /** Whole shares, contracts, coins or structures, never negative. */
  readonly quantity: Amount
  readonly filled: Amount
  readonly crossed: Amount
  readonly averagePrice: Amount | null
  readonly fee: Amount
  readonly currency: string
  readonly state: string
  readonly isOpen: boolean
  readonly evidence: string
  readonly endedAt: string | null
  readonly sleeves: readonly OrderShareView[]
}

/** A closed round trip. */
export interface TradeRow {
  readonly id: string
  readonly sleeve: string
  readonly instrument: string
  readonly symbol: string
  readonly kind: 'position' | 'structure'
  readonly side: 'long' | 'short'
  readonly quantity: Amount
  readonly entryAt: string
  readonly exitAt: string
  readonly entryDate: string
  readonly exitDate: string
  readonly entryPrice: Amount | null
  readonly exitPrice: Amount | null
  /** After fees, in the base currency. */
  readonly profit: Amount
  /** Of what the entry was worth; null where that is nothing. */
  readonly profitFraction: number | null
  readonly fees: Amount
  /** Milliseconds between entry and exit. */
  readonly held: number
  readonly entryReason: string
  readonly exitReason: string
  readonly entryOrder: number | null
  readonly exitOrder: number | null
}

/** Columns that trades can be sorted by. */
export type TradeSort = 'exitAt' | 'entryAt' | 'sleeve' | 'symbol' | 'quantity' | 'profit' | 'held'

export interface ViolationRow {
  readonly id: number
  readonly at: string
  readonly severity: 'critical' | 'high' | 'medium' | 'low'
  readonly rule: string
  readonly about: string
  readonly subject: string
  readonly sleeve: string | null
  readonly value: number | null
  readonly limit: number | null
  readonly action: string
  readonly resolvedAt: string | null
  /** How it ended; null while it is open. */
  readonly how: string | null
  readonly note: string
  /** What was done about it, in a sentence. */
  readonly text: string
}

export interface LimitUse {
  readonly id: string
  readonly rule: string
  readonly title: string
  /** `portfolio`, or the sleeve, class, sector, ... that it holds for. */
  readonly about: string
  readonly subject: string
  readonly unit: 'fraction' | 'ratio' | 'money' | 'count'
  readonly value: number | null
  /** Why there is no value; empty where there is one. */
  readonly why: string
  readonly limit: number
  /** Value over limit; at 1 it is reached. */
  readonly use: number | null
  /** `atLeast`: falling below it breaks it. */
  readonly side: 'atMost' | 'atLeast'
  readonly isBroken: boolean
}

export interface ApprovalRow {
  readonly id: string
  readonly sleeve: string
  readonly instrument: string
  readonly label: string
  /** Signed. */
  readonly quantity: Amount
  readonly allowed: Amount
  readonly value: Amount | null
  readonly reason: string
  readonly askedAt: string
  readonly expires: string | null
  readonly state: 'asked' | 'approved' | 'reduced' | 'rejected' | 'expired' | 'withdrawn'
  readonly changedAt: string
}

export interface AlertRow {
  readonly seq: number
  readonly at: string
  readonly severity: string
  readonly rule: string
  readonly subject: string
  readonly text: string
}

export interface DiscrepancyRow {
  readonly id: string
  readonly kind: string
  readonly subject: string
  readonly ours: Amount
  readonly theirs: Amount
  readonly difference: Amount
  readonly adopted: Amount
  readonly isForeign: boolean
  readonly since: string
  readonly changedAt: string
  readonly state: 'open' | 'resolved'
  readonly resolution: string
}

/** A gate that was shut or opened. */
export interface GateChangeRow {
  readonly seq: number
  readonly at: string
  readonly gate: string
  readonly instrument: string | null
  readonly isOpen: boolean
  readonly reason: string
}

export interface RebalancingShare {
  readonly sleeve: string
  /** Weight, factor or money, as the reason says. */
  readonly before: number | null
  readonly after: number | null
  /** Money that came to it; negative: went. */
  readonly moved: Amount
  readonly reason: string
}

/** One occasion on which capital was dealt anew or cut. */
export interface RebalancingRow {
  readonly seq: number
  readonly at: string
  readonly tradeDate: string
  /** Why: `rebalance`, `weights`, `ladder`, `bench`, `operator`, ... */
  readonly cause: string
  readonly reason: string
  /** Money that changed its sleeve, counted once. */
  readonly moved: Amount
  readonly sleeves: readonly RebalancingShare[]
  /** Orders that brought positions to their new size, and what they cost in the base currency; null: too many to count. */
  readonly orders: number | null
  readonly fees: Amount | null
}
