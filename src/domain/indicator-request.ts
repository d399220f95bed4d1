/**
 * An indicator that a strategy asks for, as the kernel runs it: the pure ring `indicators` provides these.
 * Equal keys share one computation between sleeves.
 */
export interface IndicatorRequest {
  /** Unique text such as 'bollinger(20,2)'. */
  readonly key: string
  /** [''] for one output, else names such as ['lower', 'middle', 'upper']. */
  readonly outputs: readonly string[]
  /** Bars until the first defined value. */
  readonly bars: number
  create(width: number): IndicatorState
}

/** One bar of all columns on signal prices; NaN close = no bar for that column. */
export interface BarRow {
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

export interface IndicatorState {
  /** Takes one bar of every column and writes one row per output. Columns without a bar keep their state and read NaN. */
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
  widen(width: number): void
  /** Plain data from which `restore` continues bit for bit. */
  snapshot(): unknown
  restore(data: unknown): void
}
