import type { MarketRecord, NewsRecord } from '../../../domain/market-records.ts'
import { flag, integer, real } from '../../../domain/parameters.ts'
import { exp } from '../../../numerics/elementary.ts'
import { defineStrategy } from '../define.ts'
import { above, atLeast, below } from '../thresholds.ts'

const DAY_MS = 86_400_000
/** What is left of news below this weight is forgotten. */
const FORGOTTEN = 0.01
/** Sources remembered of an instrument: the latest ones. */
const SOURCES_MAX = 4
/** A story that was told before still counts by this part. */
const TOLD_BEFORE = 0.5

/** What is remembered of one instrument: weights and weighted tones as they stood at an instant, and who wrote when. */
type Tone = {
  readonly weight: number
  readonly tone: number
  readonly at: number
  readonly sources: { readonly [source: string]: number }
}

type Tones = { readonly own: { readonly [instrument: string]: Tone } }

const SILENCE: Tone = { weight: 0, tone: 0, at: 0, sources: {} }

/** Follows the tone of structured news, decayed and weighted across sources, between two thresholds. See README.md. */
export const newsSentiment = defineStrategy({
  name: 'news-sentiment',
  summary: 'Goes with the decayed, weighted tone of structured news; leaves when it turns, by time, or at a stop.',
  parameters: {
    halfLife: real(3, { min: 0.1, max: 60, search: [1, 10], title: 'Days after which a story counts half' }),
    prior: real(1, { min: 0, max: 20, title: 'Weight of saying nothing: how much news it takes to move the score' }),
    entry: real(0.2, { min: 0.01, max: 1, search: [0.1, 0.5], title: 'Score at which a position is taken' }),
    exit: real(0.05, { min: -1, max: 1, search: [-0.1, 0.15], title: 'Score below which it is closed' }),
    relevanceMin: real(0.3, { min: 0, max: 1, title: 'Stories of less relevance are not read' }),
    sourcesMin: integer(1, { min: 1, max: SOURCES_MAX, title: 'Different sources within two half-lives' }),
    barsMax: integer(10, { min: 1, max: 250, search: [3, 30], title: 'Bars after which the position closes' }),
    stop: real(0.08, { min: 0.01, max: 0.9, search: [0.03, 0.2], title: 'Loss at which it closes' }),
    shorts: flag(true, 'Sell on bad news where the instrument can be held short'),
  },
  check: ({ entry, exit }) =>
    exit < entry ? null : `exit ${exit} must be below entry ${entry}: the gap keeps it from going in and out`,
  reads: ['news'],
  start: (): Tones => ({ own: {} }),
  decide(view, out) {
    const { parameters, universe, slice } = view
    const { own } = view.memory
    const { at } = slice
    let changed: Record<string, Tone> | null = null
    for (const column of universe) {
      const key = String(slice.instruments[column]!)
      const records = view.records(column)
      const before = own[key] ?? SILENCE
      if (records.length > 0) {
        const next = heard(before, records, at, parameters)
        changed ??= living(own, at, parameters.halfLife)
        changed[key] = next
        if (!Number.isNaN(slice.close[column]!)) act(column, next, true)
      } else if (view.position(column) !== 0 && !Number.isNaN(slice.close[column]!)) {
        act(column, before, false)
      }
    }
    return changed === null ? view.memory : { own: changed }

    function act(column: number, tone: Tone, isFresh: boolean): void {
      const score = scoreOf(tone, at, parameters)
      const position = view.position(column)
      if (position !== 0) {
        if (below(position > 0 ? score : 0 - score, parameters.exit)) out.exit(column, 'tone turned')
        return
      }
      // What a limit or a stop has closed waits for news before it is opened again.
      if (!isFresh || view.projected(column) !== 0 || !view.eligible(column)) return
      if (!atLeast(Math.abs(score), parameters.entry) || sourcesIn(tone, at, parameters) < parameters.sourcesMin) return
      const side = score > 0 ? 1 : -1
      if (side < 0 && !(parameters.shorts && view.instrument(column).shortable)) return
      const protection = { stop: parameters.stop, bars: parameters.barsMax }
      out.enter(column, side, side > 0 ? 'good news' : 'bad news', { protection })
    }
  },
})

interface Reading {
  readonly halfLife: number
  readonly relevanceMin: number
  readonly prior: number
}

const decay = (ms: number, halfLife: number): number => exp((0 - Math.LN2 * Math.max(0, ms)) / (halfLife * DAY_MS))

/** What is remembered after more was read. Several stories of one source within a slice count as their mean. */
function heard(before: Tone, records: readonly MarketRecord[], at: number, { halfLife, relevanceMin }: Reading): Tone {
  const kept = decay(at - before.at, halfLife)
  let { weight, tone } = { weight: before.weight * kept, tone: before.tone * kept }
  const sources: Record<string, number> = { ...before.sources }
  const bySource = new Map<string, NewsRecord[]>()
  for (const record of records) {
    if (record.kind !== 'news' || record.relevance < relevanceMin) continue
    const told = bySource.get(record.source)
    if (told === undefined) bySource.set(record.source, [record])
    else told.push(record)
  }
  for (const [source, stories] of bySource) {
    // What was published long before the first bar is no crowd.
    let crowd = 0
    for (const { publishedAt } of stories) crowd += decay(at - publishedAt, halfLife)
    const share = Math.max(1, crowd)
    for (const { sentiment, relevance, novelty, publishedAt } of stories) {
      const novel = TOLD_BEFORE + (1 - TOLD_BEFORE) * novelty
      const part = (relevance * novel * decay(at - publishedAt, halfLife)) / share
      weight += part
      tone += part * sentiment
      sources[source] = Math.max(sources[source] ?? 0, publishedAt)
    }
  }
  return { weight, tone, at, sources: latestOf(sources, at - 2 * halfLife * DAY_MS) }
}

function latestOf(sources: Readonly<Record<string, number>>, since: number): Tone['sources'] {
  const latest = Object.entries(sources).filter(([, last]) => last >= since)
  latest.sort(([name, last], [other, later]) => later - last || (name < other ? -1 : 1))
  return Object.fromEntries(latest.slice(0, SOURCES_MAX))
}

/** The weighted mean tone, drawn towards 0 while little was written. */
function scoreOf({ weight, tone, at }: Tone, now: number, { halfLife, prior }: Reading): number {
  const kept = decay(now - at, halfLife)
  const whole = prior + weight * kept
  return above(whole, 0) ? (tone * kept) / whole : 0
}

function sourcesIn({ sources }: Tone, now: number, { halfLife }: Reading): number {
  return Object.values(sources).filter((last) => now - last <= 2 * halfLife * DAY_MS).length
}

/** Without what is forgotten by now. */
function living(own: Tones['own'], at: number, halfLife: number): Record<string, Tone> {
  return Object.fromEntries(
    Object.entries(own).filter(([, tone]) => tone.weight * decay(at - tone.at, halfLife) >= FORGOTTEN),
  )
}
