import { highest, lowest } from '../../src/indicators/donchian/donchian.ts'
import { ema } from '../../src/indicators/ema/ema.ts'
import type { BarColumns } from '../../src/indicators/indicator.ts'
import { macd } from '../../src/indicators/macd/macd.ts'
import { rsi } from '../../src/indicators/rsi/rsi.ts'
import { sma } from '../../src/indicators/sma/sma.ts'
import { volumeAverage } from '../../src/indicators/volume-average/volume-average.ts'

type Answer = Readonly<Record<string, readonly number[]>>

/** The bars at which a rule, told in words, holds; null for a rule that is not known. */
export function eventsOf(rule: string, bars: BarColumns, expected: Readonly<Record<string, unknown>>): Answer | null {
  return breakouts(rule, bars) ?? crossings(rule, bars, Object.keys(expected))
}

/** `close[i] > max(high[i-20..i-1]) and volume[i] > 2*mean(volume[i-20..i-1]) and RSI14[i] > 50`, or `< min(low…`. */
function breakouts(rule: string, bars: BarColumns): Answer | null {
  const channel = /close\[i\] (>|<) (?:max\(high|min\(low)\[i-(\d+)\.\.i-1\]\)/.exec(rule)
  if (channel === null) return null
  const up = channel[1] === '>'
  const edge = up ? highest : lowest
  const period = Number(channel[2])
  const [before] = edge(period, up ? 'high' : 'low', { previous: true }).columns(bars)
  const [including] = edge(period, up ? 'high' : 'low').columns(bars)
  const beyond = (limit: Float64Array, index: number) =>
    up ? bars.close[index]! > limit[index]! : bars.close[index]! < limit[index]!
  const volume = /volume\[i\] > ([\d.]+)\*mean\(volume\[i-(\d+)\.\.i-1\]\)/.exec(rule)
  const [average] = volumeAverage(Number(volume?.[2] ?? period), { previous: true }).columns(bars)
  const loud = (index: number) => volume === null || bars.volume[index]! > Number(volume[1]) * average![index]!
  const strength = /RSI(\d+)\[i\] > ([\d.]+)/.exec(rule)
  const [strengths] = rsi(Number(strength?.[1] ?? 14)).columns(bars)
  const strong = (index: number) => strength === null || strengths![index]! > Number(strength[2])
  return {
    breakout_indices: indicesWhere(bars, (index) => beyond(before!, index)),
    breakouts_if_current_bar_included: indicesWhere(bars, (index) => beyond(including!, index)),
    entries: indicesWhere(bars, (index) => beyond(before!, index) && loud(index) && strong(index)),
  }
}

/**
 * `MACD line crosses above signal (independent seeds)`, `SMA5 crosses below SMA20`, `close crosses above EMA50`.
 * A key such as `with_close_above_sma50` asks for those crossings on one side of a further line; the cases count
 * crossings only where every line they name has a value.
 */
function crossings(rule: string, bars: BarColumns, keys: readonly string[]): Answer | null {
  const parts = /^(\w+)(?: line)? crosses (above|below) (?:the )?(\w+)/i.exec(rule)
  if (parts === null) return null
  const left = lineOf(parts[1]!, rule, bars)
  const right = lineOf(parts[3]!, rule, bars)
  if (left === null || right === null) return null
  const sign = parts[2]!.toLowerCase() === 'above' ? 1 : -1
  const filters = keys.flatMap((key): Filter[] => {
    const parts = /^with_close_(above|below)_((?:sma|ema)\d+)$/.exec(key)
    const line = parts === null ? null : lineOf(parts[2]!, rule, bars)
    return line === null ? [] : [{ key, side: parts![1] === 'above' ? 1 : -1, line }]
  })
  const indices = indicesWhere(
    bars,
    (index) =>
      (left[index - 1]! - right[index - 1]!) * sign <= 0 &&
      (left[index]! - right[index]!) * sign > 0 &&
      filters.every(({ line }) => !Number.isNaN(line[index]!)),
  )
  const filtered = filters.map(({ key, side, line }) => [
    key,
    indices.filter((index) => (bars.close[index]! - line[index]!) * side > 0),
  ])
  return { indices, ...Object.fromEntries(filtered) }
}

interface Filter {
  readonly key: string
  readonly side: number
  readonly line: Float64Array
}

function lineOf(name: string, rule: string, bars: BarColumns): Float64Array | null {
  const parts = /^([a-z]+)(\d*)$/.exec(name.toLowerCase())
  const period = Number(parts?.[2] ?? 0)
  switch (parts?.[1]) {
    case 'close':
      return bars.close
    case 'sma':
      return sma(period).columns(bars)[0]!
    case 'ema':
      return ema(period).columns(bars)[0]!
    case 'macd':
      return macdOf(rule, bars)[0]!
    case 'signal':
      return macdOf(rule, bars)[1]!
    default:
      return null
  }
}

function macdOf(rule: string, bars: BarColumns): readonly Float64Array[] {
  return macd({ fast: 12, slow: 26, signal: 9 }, /ta-?lib/i.test(rule) ? 'talib' : 'independent').columns(bars)
}

function indicesWhere(bars: BarColumns, holds: (index: number) => boolean): readonly number[] {
  return Array.from(bars.close.keys()).filter(holds)
}
