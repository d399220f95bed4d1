import type { AllocationMethod } from '../../domain/allocation.ts'
import type { PortfolioConfig } from '../../domain/config.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { MarketData } from '../../domain/market.ts'
import type { RunResult } from '../../engine/records/result.ts'
import { runBacktest } from '../../engine/run/run.ts'
import { recordedResult } from '../../live/recorded/result.ts'
import { type Candidate, candidateFrom } from '../compare/candidate.ts'
import { comparisonOf } from '../compare/comparison.ts'
import { comparisonPage } from '../compare/page.ts'
import { comparisonText } from '../compare/text.ts'
import { loadPortfolio } from '../config/load.ts'
import { underAllocator } from '../config/other-allocator.ts'
import { recordOf, strategiesWith } from '../live/recorded.ts'
import { type StoreOptions, withPortfolio } from '../operate/portfolio-of.ts'
import { print, printJson, writePage } from '../output.ts'

interface WhatIfOptions extends StoreOptions {
  readonly allocator?: AllocationMethod
  readonly html?: string
  readonly json?: boolean
}

/** `polyfolio whatif`: the recorded market of a store under another allocator or other rules, beside what happened. */
export async function whatif(file: string | undefined, options: WhatIfOptions): Promise<void> {
  const { allocator } = options
  if (file === undefined && allocator === undefined) {
    const reason = 'or a portfolio file is needed: without either nothing would be different'
    throw new FaultError(fault('OPTION_INVALID', { option: '--allocator', reason }))
  }
  const loaded = file === undefined ? null : await loadPortfolio(file)
  const strategies = strategiesWith(loaded)
  await withPortfolio(options, async ({ store, portfolio }) => {
    const { config, market, outside, changes } = await recordOf(store, options.store, portfolio, strategies)
    const other = loaded === null ? config : fitting(portfolio, loaded.config, market)
    const changed = allocator === undefined ? other : underAllocator(demandPlanFor(other, allocator), allocator)
    const happened = await recordedResult(store, portfolio, strategies)
    const supposed = runBacktest({ config: changed, market, strategies: [...strategies.values()], checks: true })
    const label = [file, allocator].filter((part) => part !== undefined).join(', ')
    const view = comparisonOf([
      named(`${portfolio}, as it was`, options.store, happened),
      named(`under ${label}`, label, supposed),
    ])
    const notes = [...view.notes, ...noteOf(outside), ...noteOfChanges(changes)]
    if (options.html !== undefined) await writePage(options.html, comparisonPage({ ...view, notes }))
    if (options.json === true) printJson({ ...view, notes })
    else print(comparisonText({ ...view, notes }, options.html))
  })
}

function named(name: string, source: string, result: RunResult): Candidate {
  const candidate = candidateFrom(source, result)
  const { report } = candidate
  return { ...candidate, report: { ...report, portfolio: { ...report.portfolio, name } } }
}

/** What an operator or a broker did belongs to what happened alone. */
function noteOf(outside: number): readonly string[] {
  if (outside === 0) return []
  const events = outside === 1 ? 'one event' : `${outside} events`
  return [`${events} from an operator, a broker or a watch happened then; no other portfolio has them`]
}

/** One configuration from the first day on is what is supposed. */
function noteOfChanges(changes: number): readonly string[] {
  if (changes === 0) return []
  const times = changes === 1 ? 'once' : `${changes} times`
  return [`its configuration was changed ${times} while it ran; what is supposed has one from its first day on`]
}

/** Sizes by stage say nothing of sleeves without one. */
function demandPlanFor(config: PortfolioConfig, method: AllocationMethod): PortfolioConfig {
  const { overlays } = config.capitalPlan ?? {}
  if (method !== 'lifecycle' || (overlays !== undefined && overlays.lifecycle !== null)) return config
  const reason = '"lifecycle" sizes by stage, and the portfolio states none; give a file with overlays.lifecycle'
  throw new FaultError(fault('OPTION_INVALID', { option: '--allocator', reason }))
}

/** Another portfolio can only trade what was recorded, on the clocks on which it was. */
function fitting(portfolio: string, config: PortfolioConfig, { instruments, blocks }: MarketData): PortfolioConfig {
  const known = new Set(instruments.map(({ id }) => id))
  for (const { id, universe, clock } of config.sleeves) {
    const absent = universe.find((one) => !known.has(one))
    const reason =
      absent !== undefined
        ? `trades "${absent}", of which the store has no bar`
        : universe.length > 0 && !blocks.some((block) => block.clock === clock)
          ? `decides on "${clock}" bars, and the store has none`
          : null
    if (reason !== null) throw new FaultError(fault('RECORD_UNFIT', { portfolio, reason: `"${id}" ${reason}` }))
  }
  return config
}
