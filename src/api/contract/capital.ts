/** One change of what a sleeve may use, or of its money. */
export interface CapitalRecordView {
  readonly at: string
  readonly tradeDate: string
  readonly cause: string
  /** Null: the whole portfolio. */
  readonly sleeve: string | null
  readonly before: number | null
  readonly after: number | null
  /** Money that came to the sleeve; negative: that left it. */
  readonly moved: number
  readonly reason: string
}

/** Weights and factors from the close of a day on. */
export interface CapitalDayView {
  /** Null: from the start. */
  readonly tradeDate: string | null
  /** Whether the weights were computed anew; otherwise an overlay has moved. */
  readonly computed: boolean
  readonly weights: readonly number[]
  readonly factors: readonly number[]
}

/** How capital was dealt. Lists follow `names`, the sleeves that capital is dealt to. */
export interface CapitalFigures {
  /** How weights are computed; null where only money moved. */
  readonly method: string | null
  readonly names: readonly string[]
  readonly days: readonly CapitalDayView[]
  readonly records: readonly CapitalRecordView[]
  /** At the end: pairs that move together too closely for the bench, and for how many days in a row. */
  readonly closeness: readonly { readonly left: string; readonly right: string; readonly runDays: number }[]
  /** At the end, where stages are kept: a proposed one waits for an operator. */
  readonly stages: readonly { readonly sleeve: string; readonly stage: string; readonly proposed: string | null }[]
}
