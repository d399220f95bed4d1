/**
 * Quarterly earnings that never were: dates from the seed, surprises from the seed and from what prices had done when they
 * are published. Nothing is planted in later prices, so what follows an announcement is what the bars did anyway.
 */
import type { EarningsRecord } from '../../../domain/market-records.ts'
import { addDays, civilDate, tradeDateOf } from '../../../domain/sessions.ts'
import type { Instant, TradeDate } from '../../../domain/units.ts'
import { createRandom, type Random } from '../../../numerics/random.ts'
import { type DayBars, firstDayFrom, standardisedMove } from './day-bars.ts'

export interface EarningsOptions {
  readonly seed: number
  /** Correlation of the surprise with the price's answer on the day that it is published. */
  readonly reaction: number
}

/** Companies report some time within these days after the end of a quarter, each about the same each time. */
const REPORT_DAYS = { first: 14, last: 38 }
const HABIT_DAYS = 2
const YIELD = { least: 0.03, range: 0.05 }
/** One standard deviation of surprise, as a fraction of the estimate. */
const SURPRISE_OF_ESTIMATE = 0.05
const HOUR_MS = 3_600_000
const CENT = 100

/**
 * One record a quarter. The announcement comes before the open of a day or after the close of the day before; the record
 * with its standardised surprise is published at the close of that day, when the price has answered.
 */
export function syntheticEarnings(bars: DayBars, options: EarningsOptions): EarningsRecord[] {
  const { instrument, dates } = bars
  const random = createRandom(options.seed).fork(`earnings ${instrument}`)
  const habit = {
    days: random.integer(REPORT_DAYS.first, REPORT_DAYS.last),
    isBeforeOpen: random.uniform() < 0.5,
    yield: YIELD.least + YIELD.range * random.uniform(),
  }
  const first = dates[0]
  const last = dates.at(-1)
  if (first === undefined || last === undefined) return []
  const records: EarningsRecord[] = []
  for (
    let end = quarterEnd(addDays(first, -REPORT_DAYS.last - HABIT_DAYS));
    end <= last;
    end = quarterEnd(addDays(end, 1))
  ) {
    const own = random.fork(`${end}`)
    const date = addDays(end, habit.days + own.integer(-HABIT_DAYS, HABIT_DAYS))
    const day = date < first ? 0 : firstDayFrom(bars, date)
    if (day < 1 || day >= dates.length) continue
    records.push(recordOf(bars, day, { ...options, ...habit, end, random: own }))
  }
  return records
}

interface Quarter extends EarningsOptions {
  readonly end: TradeDate
  readonly isBeforeOpen: boolean
  readonly yield: number
  readonly random: Random
}

function recordOf(bars: DayBars, day: number, quarter: Quarter): EarningsRecord {
  const { reaction, isBeforeOpen, random } = quarter
  const answer = standardisedMove(bars, day, 1)
  const surprise = reaction * answer + Math.sqrt(1 - reaction * reaction) * random.normal()
  const estimate = inCents((bars.rawClose[day - 1]! * quarter.yield) / 4)
  return {
    id: `synthetic earnings ${bars.instrument} ${quarter.end}`,
    instrument: bars.instrument,
    eventAt: (isBeforeOpen ? bars.opens[day]! - HOUR_MS : bars.closes[day - 1]! + HOUR_MS / 2) as Instant,
    publishedAt: bars.closes[day]!,
    origin: 'synthetic',
    kind: 'earnings',
    actual: inCents(estimate * (1 + SURPRISE_OF_ESTIMATE * surprise)),
    estimate,
    surprise,
    session: isBeforeOpen ? 'before_open' : 'after_close',
  }
}

const inCents = (amount: number): number => Math.floor(amount * CENT + 0.5) / CENT // half up

/** The last day of the quarter that a date lies in. */
function quarterEnd(date: TradeDate): TradeDate {
  const { year, month } = civilDate(date)
  const next = month - ((month - 1) % 3) + 3
  return addDays(tradeDateOf(next > 12 ? { year: year + 1, month: 1, day: 1 } : { year, month: next, day: 1 }), -1)
}
