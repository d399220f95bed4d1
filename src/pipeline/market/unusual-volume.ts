/** Flow that the bars themselves tell: days on which far more was traded than is usual. Known at their close. */
import type { FlowRecord } from '../../domain/market-records.ts'
import type { Instant, InstrumentId } from '../../domain/units.ts'

export interface UnusualVolumeOptions {
  /** Bars before the one in question over which usual volume is averaged. */
  readonly bars: number
  /** Only volumes of at least so many times the usual become records. */
  readonly ratioMin: number
}

/** One instrument's bars that have a price, earliest first, on the signal scale. */
export interface VolumeBars {
  readonly instrument: InstrumentId
  readonly closes: readonly Instant[]
  readonly close: Float64Array
  readonly volume: Float64Array
}

/**
 * One record for each bar of unusual volume; its side is that of the bar's move against the close before. A bar without
 * volume or without a move gives none, and none is usual before `bars` volumes are known.
 */
export function unusualVolume(of: VolumeBars, { bars, ratioMin }: UnusualVolumeOptions): FlowRecord[] {
  const { instrument, closes, close, volume } = of
  const records: FlowRecord[] = []
  let sum = 0
  let known = 0
  const window: number[] = []
  for (let bar = 0; bar < closes.length; bar += 1) {
    const traded = volume[bar]!
    if (!(traded > 0)) continue
    const move = bar === 0 ? 0 : close[bar]! - close[bar - 1]!
    if (known === bars && move !== 0) {
      const ratio = (traded * bars) / sum
      if (ratio >= ratioMin) {
        const at = closes[bar]!
        const id = `unusual volume ${instrument} ${at}`
        const side = move > 0 ? 1 : -1
        const head = { id, instrument, eventAt: at, publishedAt: at, origin: 'computed' } as const
        records.push({ ...head, kind: 'flow', measure: 'volume', ratio, side, premium: null })
      }
    }
    window.push(traded)
    sum += traded
    if (window.length > bars) sum -= window.shift()!
    else known = window.length
  }
  return records
}
