import type { Fault } from './faults.ts'

/** Something found in a file: a repair that was made, or a remark that changes nothing. Refusals are faults. */
export interface Finding {
  readonly kind: 'repair' | 'note'
  /** Stable short name: 'duplicate-rows', 'zero-prices' ... */
  readonly code: string
  readonly text: string
  /** 1-based line in the file of the first row concerned. */
  readonly line: number
  readonly count: number
}

/** One instrument's bars as a file gives them, sorted by time, with the line each row came from. */
export interface Series {
  /** File name relative to the data folder: never an absolute path. */
  readonly source: string
  readonly layout: string
  /** `day`: dates without time of day; `intraday`: instants of bar starts in UTC. */
  readonly resolution: 'day' | 'intraday'
  /** yyyymmdd per row. */
  readonly dates: Int32Array
  /** Epoch ms of bar starts for intraday rows; midnight UTC for days. */
  readonly times: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
  /** Close adjusted for splits and dividends by the vendor; null where the file has none. */
  readonly adjustedClose: Float64Array | null
  readonly dividend: Float64Array | null
  readonly split: Float64Array | null
  readonly lines: Int32Array
  readonly findings: readonly Finding[]
}

export type SeriesResult =
  | { readonly ok: true; readonly series: Series }
  | { readonly ok: false; readonly error: Fault; readonly findings: readonly Finding[] }
