/** Equity at every close, and rolled up by hour, day, week and month as it arrives. */
import type { EquityGrain, EquityMemory, EquityRow } from '../../domain/projections.ts'
import { utcDate, weekday } from '../../domain/sessions.ts'
import type { Instant } from '../../domain/units.ts'
import { shownSleeves } from '../../engine/external/sleeve.ts'
import { cashValue, collateral } from '../../engine/positions/valuation.ts'
import type { Recording } from '../../engine/records/recording.ts'
import type { Runtime } from '../../engine/runtime.ts'
import type { RowBuffer } from './rows.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** From the first day of a week in our count, a Sunday, to the one in the field's. */
const MONDAY_OFFSET = 6
/** Days of returns that a volatility looks back on, and with fewer of which there is none. */
const VOLATILITY_DAYS = 60
const VOLATILITY_DAYS_MIN = 20

export interface EquityRows {
  flowed(sleeve: number, counts: number): void
  /** After a close, when every sleeve has been valued. */
  closed(seq: number): void
  /** Adds what the closes since the last time have given. */
  add(): void
  /** Goes on with what the tables hold. */
  resume(memory: EquityMemory): void
}

/** What the next close of a sleeve, or of the whole, is measured against. */
interface Track {
  equity: number
  growth: number
  peak: number
  /** Counts of the base currency since the last close. */
  flow: number
  /** Growth with which the last days ended, oldest first; the last one goes on. */
  days: { bucket: number; growth: number }[]
}

interface Reading {
  readonly equity: number
  readonly cash: number
  readonly gross: number
  readonly net: number
  readonly positions: number
}

export function equityRows({ runtime, moneyOf }: Recording, rows: RowBuffer): EquityRows {
  const tracks = new Map<string, Track>()
  const buckets = new Map<string, EquityRow>()

  function trackOf(sleeve: string): Track {
    const found = tracks.get(sleeve)
    if (found !== undefined) return found
    const made: Track = { equity: 0, growth: 1, peak: 1, flow: 0, days: [] }
    tracks.set(sleeve, made)
    return made
  }

  function flowed(ordinal: number, counts: number): void {
    trackOf(runtime().sleeves[ordinal]!.config.id).flow += counts
    trackOf('').flow += counts
  }

  function closed(seq: number): void {
    const now = runtime()
    const all = now.sleeves.map(({ ordinal }) => sleeveReading(now, ordinal))
    for (const { config, ordinal } of shownSleeves(now)) close(config.id, all[ordinal]!, seq)
    close('', wholeReading(now, all), seq)
  }

  function close(sleeve: string, reading: Reading, seq: number): void {
    const track = trackOf(sleeve)
    const at = runtime().state.at
    const flow = track.flow
    step(track, reading.equity, moneyOf(flow), at)
    const { periods } = runtime().state.config!
    const measured = { flow, growth: track.growth, peak: track.peak, volatility: volatilityOf(track.days, periods) }
    track.flow = 0
    const { equity } = reading
    const row = { sleeve, at, seq, first: equity, minimum: equity, maximum: equity, ...reading, ...measured, closes: 1 }
    for (const grain of ['cycle', 'hour', 'day', 'week', 'month'] as const) {
      const bucket = bucketOf(grain, at)
      const key = `${grain} ${bucket} ${sleeve}`
      const before = buckets.get(key)
      buckets.set(key, before === undefined ? { ...row, grain, bucket } : joined(before, { ...row, grain, bucket }))
    }
  }

  return {
    flowed,
    closed,
    add() {
      for (const row of buckets.values()) rows.add('equity', row)
      buckets.clear()
    },
    resume({ last, days, flows }) {
      tracks.clear()
      for (const { sleeve, equity, growth, peak } of last) {
        const own = (days.get(sleeve) ?? []).map((day) => ({ ...day }))
        tracks.set(sleeve, { equity, growth, peak, flow: flows.get(sleeve) ?? 0, days: own })
      }
      // A sleeve that joined since the last close has had no close of its own.
      for (const [sleeve, flow] of flows) if (!tracks.has(sleeve)) trackOf(sleeve).flow = flow
    },
  }
}

/** A return is of what was there, flows taken out; money that comes to nothing is no gain. */
function step(track: Track, equity: number, flow: number, at: number): void {
  if (track.equity > 0) track.growth *= (equity - flow) / track.equity
  track.equity = equity
  if (track.growth > track.peak) track.peak = track.growth
  const bucket = bucketOf('day', at)
  const day = track.days.at(-1)
  if (day?.bucket === bucket) day.growth = track.growth
  else track.days.push({ bucket, growth: track.growth })
  if (track.days.length > VOLATILITY_DAYS + 2) track.days.shift()
}

/** Of the days that have ended: the last one goes on. */
function volatilityOf(days: readonly { readonly growth: number }[], periods: number): number | null {
  const returns: number[] = []
  const first = Math.max(1, days.length - 1 - VOLATILITY_DAYS)
  for (let day = first; day < days.length - 1; day += 1) {
    const before = days[day - 1]!.growth
    returns.push(before > 0 ? days[day]!.growth / before - 1 : 0)
  }
  if (returns.length < VOLATILITY_DAYS_MIN) return null
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length
  const squares = returns.reduce((sum, value) => sum + (value - mean) * (value - mean), 0)
  return Math.sqrt((squares / (returns.length - 1)) * periods)
}

/** Two stretches of the same bucket, the later one second. */
function joined(one: EquityRow, other: EquityRow): EquityRow {
  return {
    ...other,
    first: one.first,
    minimum: Math.min(one.minimum, other.minimum),
    maximum: Math.max(one.maximum, other.maximum),
    flow: one.flow + other.flow,
    closes: one.closes + other.closes,
  }
}

/** When the stretch of time begins that a moment lies in. */
function bucketOf(grain: EquityGrain, at: number): number {
  if (grain === 'cycle') return at
  if (grain === 'hour') return Math.floor(at / HOUR) * HOUR
  const day = Math.floor(at / DAY)
  if (grain === 'day') return day * DAY
  const date = utcDate(at as Instant)
  if (grain === 'week') return (day - ((weekday(date) + MONDAY_OFFSET) % 7)) * DAY
  return (day - (date % 100) + 1) * DAY
}

function sleeveReading(runtime: Runtime, ordinal: number): Reading {
  const { state, sleeves, unitValue, isOption, roster } = runtime
  let gross = collateral(runtime, ordinal)
  let net = 0
  let positions = 0
  const row = ordinal * state.books.width
  for (const index of roster.live) {
    const quantity = state.books.quantity[row + index]!
    if (quantity === 0 || isOption[index] === 1) continue
    const value = quantity * unitValue[index]!
    positions += 1
    gross += Math.abs(value)
    net += value
  }
  for (const structure of state.structures) if (structure.sleeve === ordinal) positions += 1
  return { equity: sleeves[ordinal]!.equity, cash: cashValue(runtime, ordinal), gross, net, positions }
}

/** Exposure of the account: what sleeves hold against each other is none. */
function wholeReading(runtime: Runtime, all: readonly Reading[]): Reading {
  const { state, unitValue, isOption, roster } = runtime
  let gross = collateral(runtime, null)
  let net = 0
  for (const index of roster.live) {
    if (isOption[index] === 1) continue
    const value = state.books.accountQuantity[index]! * unitValue[index]!
    gross += Math.abs(value)
    net += value
  }
  const sum = (of: (one: Reading) => number): number => all.reduce((total, one) => total + of(one), 0)
  return {
    equity: sum(({ equity }) => equity),
    cash: sum(({ cash }) => cash),
    gross,
    net,
    positions: sum(({ positions }) => positions),
  }
}
