/** Stories that nobody wrote: their times from the seed, their tone from the seed and a little from what prices had done before. */
import type { NewsRecord } from '../../../domain/market-records.ts'
import { civilDate, tradeDateOf } from '../../../domain/sessions.ts'
import type { Instant } from '../../../domain/units.ts'
import { createRandom, type Random } from '../../../numerics/random.ts'
import { type DayBars, firstDayFrom, lastClosedDay, standardisedMove } from './day-bars.ts'

export interface NewsOptions {
  readonly seed: number
  readonly storiesPerYear: number
  /** How much of a story's tone repeats the move of the five days before it, from 0 to 1. */
  readonly echo: number
}

const SOURCES = ['wire', 'newspaper', 'analyst'] as const
const TOPICS = ['results', 'products', 'analysts', 'legal', 'management'] as const
const DAYS_A_YEAR = 365
const DAYS_OF_MONTH = 31
const ECHO_DAYS = 5
const ECHO_SCALE = 3
const TONE = 0.45
const RELEVANCE_MIN = 0.3
const MINUTE_MS = 60_000
const DELAY_MINUTES_MAX = 10

/** Stories within the sessions of days that have a price; each day of a month draws for itself, with or without a session. */
export function syntheticNews(bars: DayBars, options: NewsOptions): NewsRecord[] {
  const { instrument, dates } = bars
  const random = createRandom(options.seed).fork(`news ${instrument}`)
  const records: NewsRecord[] = []
  for (let day = 0; day < dates.length; ) {
    const { year, month } = civilDate(dates[day]!)
    const own = random.fork(`${year}-${month}`)
    for (let of = 1; of <= DAYS_OF_MONTH; of += 1) {
      const stories = own.poisson(options.storiesPerYear / DAYS_A_YEAR)
      for (let story = 0; story < stories; story += 1) {
        const drawn = draw(own)
        const record = recordOf(bars, { year, month, day: of }, { ...options, drawn, story })
        if (record !== null) records.push(record)
      }
    }
    const next = month === 12 ? { year: year + 1, month: 1, day: 1 } : { year, month: month + 1, day: 1 }
    day = firstDayFrom(bars, tradeDateOf(next))
  }
  return records.sort((one, other) => one.publishedAt - other.publishedAt)
}

interface Drawn {
  readonly time: number
  readonly delay: number
  readonly tone: number
  readonly relevance: number
  readonly novelty: number
  readonly source: string
  readonly topic: string
}

function draw(random: Random): Drawn {
  return {
    time: random.uniform(),
    delay: random.integer(0, DELAY_MINUTES_MAX),
    tone: random.normal(),
    relevance: RELEVANCE_MIN + (1 - RELEVANCE_MIN) * random.uniform(),
    novelty: random.uniform(),
    source: SOURCES[random.integer(0, SOURCES.length - 1)]!,
    topic: TOPICS[random.integer(0, TOPICS.length - 1)]!,
  }
}

function recordOf(
  bars: DayBars,
  date: { readonly year: number; readonly month: number; readonly day: number },
  { drawn, story, echo }: NewsOptions & { readonly drawn: Drawn; readonly story: number },
): NewsRecord | null {
  const value = date.year * 10_000 + date.month * 100 + date.day
  const day = firstDayFrom(bars, value as (typeof bars.dates)[number])
  if (bars.dates[day] !== value) return null
  const open = bars.opens[day]!
  const publishedAt = (open + Math.floor(drawn.time * (bars.closes[day]! - open))) as Instant
  const known = lastClosedDay(bars, publishedAt)
  const move = standardisedMove(bars, known, ECHO_DAYS) / ECHO_SCALE
  return {
    id: `synthetic news ${bars.instrument} ${value} ${story + 1}`,
    instrument: bars.instrument,
    eventAt: (publishedAt - drawn.delay * MINUTE_MS) as Instant,
    publishedAt,
    origin: 'synthetic',
    kind: 'news',
    source: drawn.source,
    sentiment: Math.max(-1, Math.min(1, echo * move + TONE * drawn.tone)),
    relevance: drawn.relevance,
    novelty: drawn.novelty,
    topic: drawn.topic,
  }
}
