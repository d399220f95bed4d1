/**
 * An indicator that a strategy asks for, as the kernel runs it: the pure ring `indicators` provides these.
 * Equal keys share one computation between sleeves.
 */
export interface IndicatorRequest {
  /** Unique text such as `bollinger(20,2)`: two sleeves that ask for the same key share one computation. */
  readonly key: string
  /** `['']` for one output, else a name per output such as `['lower', 'middle', 'upper']`. */
  readonly outputs: readonly string[]
  /** Bars until the first output can have a value (its index + 1). */
  readonly bars: number
  /** Streaming form for `width` instruments at once. */
  create(width: number): IndicatorState
}

/**
 * One bar of every column (instrument) of a clock, on signal prices (raw x forward factor; volume raw / factor).
 * A NaN close means: no bar for that column. All other values are finite, or NaN where a source has none.
 */
export interface BarRow {
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
  /** A number per column that changes when a new session begins; only session indicators read it. */
  readonly session?: Float64Array
}

/** The running state of one indicator over many columns. */
export interface IndicatorState {
  /** Takes one bar of every column and writes one row per output. Never allocates. Rows may be longer than the state. */
  advance(bar: BarRow, outputs: readonly Float64Array[]): void
  /**
   * Reads ahead in a state of one column: writes what bars `from` to `from + count - 1` of its history would give, one
   * value per bar into each output, and takes none of them. False where it cannot (yet); left out: it never can.
   */
  ahead?(bars: BarRow, from: number, count: number, outputs: readonly Float64Array[]): boolean
  /**
   * Takes bars `from` to `from + count - 1`, all of them read ahead by the last `ahead` and next in turn, whether those
   * before them came by `take` or by `advance`. The state is then as `advance` leaves it, bit for bit.
   */
  take?(bars: BarRow, from: number, count: number): void
  /** Grows to `width` columns when instruments are listed later; the state of the others stays. */
  widen(width: number): void
  /** Plain data that survives JSON, enough to continue bit for bit. */
  snapshot(): unknown
  /** Takes over a snapshot of the same key, its width included; anything else is refused by an assertion. */
  restore(data: unknown): void
}
