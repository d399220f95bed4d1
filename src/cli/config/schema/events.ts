import { z } from 'zod'
import { fractionOrZero, positive, text, wholePositive } from './terms.ts'

const KINDS = ['earnings', 'news', 'flow', 'dividends', 'splits', 'funding', 'borrow'] as const

const seed = z.int().gte(0).describe('the same seed gives the same records')
const symbols = z.array(text).min(1).optional().describe('instruments concerned; all of the kind where left out')

const file = z.strictObject({
  kind: z.enum(KINDS),
  file: text.describe('CSV, NDJSON or Parquet, relative to the data folder; docs/data.md lists the columns'),
  zone: text.optional().describe('zone of times that carry none: UTC, America/New_York or an offset such as +01:00'),
  unknown_symbols: z
    .enum(['refuse', 'skip'])
    .default('refuse')
    .describe('what happens to rows of symbols that are no declared instrument'),
})

const earnings = z.strictObject({
  kind: z.literal('earnings'),
  synthetic: z.strictObject({
    seed,
    symbols,
    reaction: fractionOrZero
      .default(0.4)
      .describe("correlation of a surprise with the price's answer on the day that it is published"),
  }),
})

const news = z.strictObject({
  kind: z.literal('news'),
  synthetic: z.strictObject({
    seed,
    symbols,
    stories_per_year: positive.lte(3650).default(60).describe('per instrument'),
    echo: fractionOrZero.default(0.3).describe("how much of a story's tone repeats the move of the five days before"),
  }),
})

const funding = z.strictObject({
  kind: z.literal('funding'),
  synthetic: z.strictObject({
    seed,
    symbols,
    spot: z
      .record(z.string(), text)
      .default({})
      .describe('perpetual -> its spot, whose premium funding follows; drawn from the seed where there is none'),
  }),
})

const borrow = z.strictObject({ kind: z.literal('borrow'), synthetic: z.strictObject({ seed, symbols }) })

const computed = z.strictObject({
  kind: z.literal('flow'),
  computed: z.strictObject({
    symbols,
    bars: wholePositive.gte(2).lte(1000).default(20).describe('days over which usual volume is averaged'),
    ratio_min: positive.gte(1).default(2).describe('a day with so many times the usual volume gives a record'),
  }),
})

const KIND_ADVICE = `must be a feed such as {kind: earnings, file: earnings.csv}, {kind: news, synthetic: {seed: 1}} or {kind: flow, computed: {}}; kinds are ${KINDS.join(', ')}, synthetic are earnings, news, funding, borrow, computed is flow`

export const eventsSchema = z
  .array(z.union([file, earnings, news, funding, borrow, computed], { error: KIND_ADVICE }))
  .default([])
  .describe('what is published beside prices, and where it comes from')

export type RawEvent = z.output<typeof eventsSchema>[number]
export type RawSynthetic = Extract<RawEvent, { readonly synthetic: unknown }>
export type RawComputed = Extract<RawEvent, { readonly computed: unknown }>
export type RawEventFile = Extract<RawEvent, { readonly file: string }>
