/** One portfolio under analysis: its journal as far as it was read, and the views of its last reading. */
import type { Analysis, Panel } from '../../api/contract/analysis.ts'
import type { Store } from '../../domain/store.ts'
import type { Strategy } from '../../domain/strategy.ts'
import { type RecordedRun, recordedRun } from '../../live/recorded/result.ts'
import { exportTable } from '../exports/tables.ts'
import { writeExport } from '../exports/write.ts'
import { pairView } from './correlation.ts'
import { type Facts, factsOf } from './facts.ts'
import { performancePage } from './performance-page.ts'
import type { Asked } from './protocol.ts'
import { riskPage } from './risk-page.ts'
import { type SizedBook, sizedBook } from './sized.ts'
import { sleevePage } from './sleeve-page.ts'

/** A reading that is not older than this is given again: nobody sees more of a portfolio that moves all the time. */
const FRESH_MS = 3_000
/** Computing the figures may take this part of the time at most; events are read once each, however late. */
const SHARE_MOST = 0.1

export interface Followed {
  answer(asked: Asked): Promise<Analysis<unknown>>
}

/** What was computed at one event, each view when it is first asked for. */
interface Reading {
  readonly facts: Facts
  readonly seq: number
  readonly asOf: string
  /** Until when it is given again. */
  readonly freshUntil: number
  readonly views: Map<string, unknown>
}

export interface FollowOptions {
  readonly store: Pick<Store, 'read'>
  readonly portfolio: string
  readonly strategies: ReadonlyMap<string, Strategy>
  /** Milliseconds of a clock that never goes back. */
  now(): number
}

export function followPortfolio(options: FollowOptions): Followed {
  const { store, portfolio, strategies, now } = options
  const sized: SizedBook = sizedBook()
  const run: RecordedRun = recordedRun(strategies, sized.witness)
  let reading: Reading | null = null
  let catching: Promise<void> | null = null
  let broken: string | null = null

  const catchUp = async (): Promise<void> => {
    if (broken !== null) throw new Error(broken)
    try {
      for await (const row of store.read(portfolio, run.seq + 1)) run.take(row)
    } catch (error) {
      // A kernel that stopped in the middle of an event knows nothing any more.
      broken = error instanceof Error ? error.message : String(error)
      throw error
    }
  }
  const read = async (): Promise<Reading | null> => {
    const begun = now()
    if (reading !== null && begun < reading.freshUntil) return reading
    catching ??= catchUp().finally(() => {
      catching = null
    })
    await catching
    if (run.kernel === null || run.at === null) return null
    const caughtUp = now()
    const known: Reading | null = reading
    const { facts, views } =
      known === null || known.seq !== run.seq
        ? { facts: factsOf(run, sized, strategies), views: new Map<string, unknown>() }
        : known
    const freshUntil = now() + Math.max(FRESH_MS, (now() - caughtUp) / SHARE_MOST)
    reading = { facts, views, seq: run.seq, asOf: new Date(run.at).toISOString(), freshUntil }
    return reading
  }
  return {
    async answer(asked) {
      const found = await read()
      if (found === null) return { asOf: null, seq: -1, data: null, why: 'Nothing has happened yet.' }
      const { asOf, seq } = found
      if (asked.kind === 'export') {
        await exported(found.facts, asked)
        return { asOf, seq, data: asked.file, why: '' }
      }
      const { data, why } = viewOf(found, asked)
      return { asOf, seq, data, why }
    },
  }
}

type Viewed = Exclude<Asked, { readonly kind: 'export' }>

async function exported(
  facts: Facts,
  { what, format, file, ...filter }: Extract<Asked, { kind: 'export' }>,
): Promise<void> {
  if (what === 'notes') throw new Error('notes are no figures of a run')
  await writeExport(exportTable(facts, what, filter), format, file)
}

function viewOf({ facts, views }: Reading, asked: Viewed): Panel<unknown> {
  const key = JSON.stringify(asked)
  const known = views.get(key) as Panel<unknown> | undefined
  if (known !== undefined) return known
  const view = computed(facts, asked)
  views.set(key, view)
  return view
}

function computed(facts: Facts, asked: Viewed): Panel<unknown> {
  switch (asked.kind) {
    case 'report':
      return { data: facts.report, why: '' }
    case 'risk':
      return { data: riskPage(facts), why: '' }
    case 'performance':
      return { data: performancePage(facts), why: '' }
    case 'pair':
      return pairView(facts, asked.left, asked.right, asked.window) ?? { data: null, why: NO_PAIR }
    case 'sleeve': {
      const page = sleevePage(facts, asked.sleeve, asked.instrument)
      return page === null ? { data: null, why: `There is no sleeve "${asked.sleeve}".` } : { data: page, why: '' }
    }
  }
}

const NO_PAIR = 'Two different sleeves that trade are needed.'
