/** Why an order is as it is: a numbered chain from the bar to the sleeves' shares. */
import type { Amount } from './answers.ts'

export type ExplainStepKind =
  | 'bar'
  | 'signal'
  | 'size'
  | 'rule'
  | 'netting'
  | 'route'
  | 'order'
  | 'fill'
  | 'share'
  | 'end'

export interface ExplainNumber {
  readonly name: string
  /** As it is shown, units included. */
  readonly text: string
}

export interface ExplainStep {
  readonly kind: ExplainStepKind
  /** Null: of the order as a whole. */
  readonly sleeve: string | null
  readonly title: string
  /** A sentence with its numbers; of a size, the formula with its terms filled in. */
  readonly text: string
  /** Of a rule: what it did. */
  readonly outcome: 'allowed' | 'trimmed' | 'refused' | null
  readonly at: string | null
  readonly numbers: readonly ExplainNumber[]
}

export interface ExplainView {
  /** 0 of an entry that waits for an approval: nothing is ordered yet. */
  readonly order: number
  readonly instrument: string
  readonly symbol: string
  readonly currency: string
  readonly at: string
  readonly tradeDate: string
  readonly net: Amount
  readonly summary: string
  readonly steps: readonly ExplainStep[]
  /** The same as one document, for copying. */
  readonly document: unknown
}
