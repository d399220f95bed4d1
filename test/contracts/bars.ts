import type { BarColumns } from '../../src/indicators/indicator.ts'

interface Given {
  readonly close: readonly number[]
  readonly open?: readonly number[]
  readonly high?: readonly number[]
  readonly low?: readonly number[]
  readonly volume?: readonly number[]
  readonly session?: readonly number[]
}

/** A history written by hand: missing prices are the close, missing volumes 1. */
export function barsOf({ close, open, high, low, volume, session }: Given): BarColumns {
  const bars = {
    open: Float64Array.from(open ?? close),
    high: Float64Array.from(high ?? close),
    low: Float64Array.from(low ?? close),
    close: Float64Array.from(close),
    volume: Float64Array.from(volume ?? close.map(() => 1)),
  }
  return session === undefined ? bars : { ...bars, session: Float64Array.from(session) }
}

/** A walk of `length` bars that no two runs tell apart: prices in cents around 100, highs and lows about them, volumes. */
export function walkOf(length: number): BarColumns {
  let state = 12_345
  const next = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state / 4_294_967_296
  }
  const close: number[] = []
  let price = 100
  for (let index = 0; index < length; index += 1) {
    price = Math.floor(price * (1 + (next() - 0.49) * 0.04) * 100) / 100
    close.push(price)
  }
  const high = close.map((value) => value + Math.floor(next() * 200) / 100)
  const low = close.map((value) => value - Math.floor(next() * 200) / 100)
  return barsOf({ close, high, low, volume: close.map(() => Math.floor(next() * 1e6)) })
}
