/** Answers to questions about a portfolio that runs, from its journal, its file and its market. */

import { openStore } from '../../adapters/store/open.ts'
import type {
  ConfigDiffInput,
  FlattenInput,
  FlattenPreview as FlattenView,
  JobResult,
  MonteCarloInput,
  OwnScenario,
  RebalanceInput,
  RebalancePreview as RebalanceView,
  StressInput,
} from '../../api/contract/jobs.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import { formatDate, formatInstant, parseDate } from '../../domain/sessions.ts'
import type { Store } from '../../domain/store.ts'
import type { SleeveId, TradeDate } from '../../domain/units.ts'
import { previewFlatten } from '../../engine/rebalance/flatten-preview.ts'
import { previewRebalance, type RebalancePreview } from '../../engine/rebalance/preview.ts'
import type { PreviewOrder } from '../../engine/rebalance/trial.ts'
import { accountState } from '../../live/recorded/account.ts'
import { type LatestKernel, latestKernel } from '../../live/recorded/latest-kernel.ts'
import { type RecordedRun, recordedRun } from '../../live/recorded/result.ts'
import { SLEEVE_LOSS, STRESS_SCENARIOS, type StressScenario } from '../../research/stress/scenarios.ts'
import { loadPortfolio } from '../config/load.ts'
import type { LoadedPortfolio } from '../config/loaded.ts'
import { strategiesWith } from '../live/recorded.ts'
import { finite, known, percent } from '../report/numbers.ts'
import { type MarketSource, pastOf, reachOf } from '../run.ts'
import { pastOfResult } from '../simulation/past.ts'
import { simulationOf } from '../simulation/view.ts'
import { runOf, stressOf } from '../stress/play.ts'
import { configDiff } from './config-diff.ts'
import type { AskedQuestion, OnProgress, QuestionPlace } from './questions.ts'

const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95]
const BREACHES = [0.1, 0.2, 0.3]
/** Days that stay together where a bootstrap keeps blocks. */
const BLOCK = 20
const RUIN_AT = 0.5
/** A Student t of so many degrees is a normal distribution to six digits. */
const NORMAL_DEGREES = 1_000_000
/** Futures times periods that are kept in memory. */
const STEPS_MOST = 30_000_000

export async function answerTo(question: AskedQuestion, onProgress: OnProgress): Promise<JobResult> {
  const { kind, portfolio, input, place } = question
  switch (kind) {
    case 'portfolio-stress':
      return { kind: 'stress', view: await stress(portfolio, input as StressInput, place, onProgress) }
    case 'portfolio-monte-carlo':
      return { kind: 'monte-carlo', view: await monteCarlo(portfolio, input as MonteCarloInput, place, onProgress) }
    case 'portfolio-rebalance-preview':
      return {
        kind: 'rebalance-preview',
        view: await rebalance(portfolio, input as RebalanceInput, place, onProgress),
      }
    case 'portfolio-flatten-preview':
      return { kind: 'flatten-preview', view: await flatten(portfolio, input as FlattenInput, place, onProgress) }
    case 'portfolio-config-diff': {
      const file = await fileOf(portfolio, place)
      return { kind: 'config-diff', view: await configDiff(file.file, (input as ConfigDiffInput).document) }
    }
  }
}

/** The file that the portfolio runs by. @throws FaultError where this process has none of it */
async function fileOf(portfolio: string, { configs }: QuestionPlace): Promise<LoadedPortfolio> {
  const loaded = await loadedOf(portfolio, configs)
  if (loaded !== null) return loaded
  const reason = `this process has no file of "${portfolio}"; name it when it is started`
  throw new FaultError(fault('OPTION_INVALID', { option: 'serve', reason }))
}

async function loadedOf(portfolio: string, configs: readonly string[]): Promise<LoadedPortfolio | null> {
  for (const config of configs) {
    const loaded = await loadPortfolio(config)
    if (loaded.config.name === portfolio) return loaded
  }
  return null
}

/** The journal, played to its end. */
async function played(portfolio: string, place: QuestionPlace, onProgress: OnProgress): Promise<RecordedRun> {
  const store: Store = await openStore(place.store, { create: false })
  try {
    const rows = (await store.extents()).find((extent) => extent.portfolio === portfolio)?.rows ?? 0
    const strategies = strategiesWith(await loadedOf(portfolio, place.configs))
    const run = recordedRun(strategies)
    for await (const row of store.read(portfolio, 0)) {
      run.take(row)
      if (row.seq % 500 === 0) onProgress(row.seq, Math.max(rows, row.seq), 'reading what happened')
    }
    if (run.kernel === null) throw new Error('nothing has happened yet')
    return run
  } finally {
    await store.close()
  }
}

/** As it stands now: what has happened before is not read where a state was put away. */
async function latest(portfolio: string, place: QuestionPlace, onProgress: OnProgress): Promise<LatestKernel> {
  const store: Store = await openStore(place.store, { create: false })
  try {
    const rows = (await store.extents()).find((extent) => extent.portfolio === portfolio)?.rows ?? 0
    const strategies = strategiesWith(await loadedOf(portfolio, place.configs))
    const found = await latestKernel(store, portfolio, strategies, (seq) => {
      if (seq % 500 === 0) onProgress(seq, Math.max(rows, seq), 'reading what happened')
    })
    if (found === null) throw new Error('nothing has happened yet')
    return found
  } finally {
    await store.close()
  }
}

async function monteCarlo(portfolio: string, input: MonteCarloInput, place: QuestionPlace, onProgress: OnProgress) {
  const result = (await played(portfolio, place, onProgress)).result()
  const { horizon, paths, seed, drawdown } = input
  if (horizon * paths > STEPS_MOST)
    throw new Error(`${paths} futures of ${horizon} days are above ${STEPS_MOST} together; lower one of them`)
  onProgress(0, 1, `drawing ${paths} futures`)
  const past = pastOfResult(result, portfolio)
  if (past.portfolio.length < 2) throw new Error('futures are drawn from at least 2 days; there are fewer')
  const isStudent = input.method === 'student-t' || input.method === 'normal'
  return simulationOf(
    past,
    {
      method: isStudent ? 'student' : 'bootstrap',
      horizon,
      paths,
      seed,
      block: Math.min(input.method === 'block-bootstrap' ? BLOCK : 1, past.portfolio.length),
      degrees: input.method === 'normal' ? NORMAL_DEGREES : null,
      quantiles: QUANTILES,
      ruinAt: RUIN_AT,
      breaches: [...new Set([...BREACHES, ...past.levels, ...(drawdown > 0 ? [drawdown] : [])])].sort(
        (left, right) => left - right,
      ),
    },
    result.config.periods,
  )
}

/** On the book that the portfolio's rules give on its market up to today, as `polyfolio stress` does. */
async function stress(portfolio: string, input: StressInput, place: QuestionPlace, onProgress: OnProgress) {
  const loaded = await fileOf(portfolio, place)
  const happened = await played(portfolio, place, onProgress)
  const today = happened.kernel!.runtime.tradeDate as TradeDate
  const outside = happened.result().orders.length
  const source: MarketSource = place.data === undefined ? { seed: place.seed ?? 0 } : { data: place.data }
  const reach = reachOf(source, datesOf(place))
  const past = await pastOf(loaded, source, reach, { at: () => {}, done: () => {} })
  const until = { from: reach.from, to: today }
  const result = runOf(loaded, past, until)
  const scenarios = scenariosOf(loaded, input)
  const view = stressOf({ loaded, past, reach: until, result, today }, scenarios, (done, what) =>
    onProgress(Math.floor(done * scenarios.length), scenarios.length, what),
  )
  const differs =
    outside === result.orders.length
      ? []
      : [
          'the book is the one that the rules give on this market: what an operator, approvals or the venue changed is not in it',
        ]
  return { ...view, notes: [...view.notes, ...differs] }
}

function datesOf({ from, to }: QuestionPlace) {
  const day = (text: string | undefined): TradeDate | null => (text === undefined ? null : parseDate(text))
  const [first, last] = [day(from), day(to)]
  return { ...(first === null ? {} : { from: first }), ...(last === null ? {} : { to: last }) }
}

function scenariosOf(loaded: LoadedPortfolio, { scenarios, own }: StressInput): readonly StressScenario[] {
  const standard: readonly StressScenario[] = [
    ...STRESS_SCENARIOS,
    ...loaded.config.sleeves.flatMap(({ id, title, strategy }): StressScenario[] =>
      strategy === null
        ? []
        : [{ kind: 'sleeve', name: `${title} loses ${percent(SLEEVE_LOSS)}`, sleeve: id, loss: SLEEVE_LOSS }],
    ),
  ]
  const chosen = scenarios.length === 0 ? standard : standard.filter(({ name }) => scenarios.includes(name))
  return [...chosen, ...own.map(ownScenario)]
}

function ownScenario(one: OwnScenario): StressScenario {
  if (one.kind === 'shock') return { kind: 'move', name: one.name, move: one.change }
  const [from, to] = [parseDate(one.from), parseDate(one.to)]
  if (from === null || to === null || from > to) throw new Error(`"${one.name}" needs two days, the earlier one first`)
  return { kind: 'window', name: one.name, from, to }
}

async function rebalance(
  portfolio: string,
  input: RebalanceInput,
  place: QuestionPlace,
  onProgress: OnProgress,
): Promise<RebalanceView> {
  const { kernel, at } = await latest(portfolio, place, onProgress)
  const { runtime } = kernel
  if (runtime.tradeDate === 0) throw new Error('no day has ended yet, so there is no book to rebalance')
  const config = runtime.state.config!
  onProgress(0, 1, 'trying it on a copy of the books')
  const by = input.by ?? config.capitalPlan?.rebalancing.by ?? 'transfer'
  const preview = previewRebalance(kernel, { state: () => accountState(runtime) }, by)
  const titles = new Map(config.sleeves.map(({ id, title }) => [id as string, title]))
  return viewOf(preview, { currency: config.currency, asOf: formatInstant(at), titles })
}

async function flatten(
  portfolio: string,
  { sleeve }: FlattenInput,
  place: QuestionPlace,
  onProgress: OnProgress,
): Promise<FlattenView> {
  const { kernel, at } = await latest(portfolio, place, onProgress)
  const { runtime } = kernel
  if (runtime.tradeDate === 0) throw new Error('no day has ended yet, so there is nothing to close')
  if (sleeve !== null && !runtime.sleeveOrdinal.has(sleeve)) throw new Error(`no sleeve has the id "${sleeve}"`)
  onProgress(0, 1, 'trying it on a copy of the books')
  const preview = previewFlatten(kernel, { state: () => accountState(runtime) }, sleeve as SleeveId | null)
  const { tradeDate, orders, fees, slippage, closed, left } = preview
  return {
    currency: runtime.state.config!.currency,
    asOf: formatInstant(at),
    orders: orders.map((order) => orderView(order, 'to close it')),
    notional: known(orders.reduce((sum, { value }) => sum + Math.abs(value), 0)),
    cost: known(fees + slippage),
    closed: closed.map(({ opens, ...market }) => ({ ...market, opens: opens === null ? null : formatInstant(opens) })),
    left,
    notes: [`at the last marks of ${formatDate(tradeDate)}`],
  }
}

function orderView({ sleeves, instrument, quantity, value, fee, slippage }: PreviewOrder, reason: string) {
  return {
    sleeve: sleeves.map(({ sleeve }) => sleeve).join(', '),
    instrument,
    quantity: known(quantity),
    price: quantity === 0 ? 0 : known(value / quantity),
    notional: known(Math.abs(value)),
    cost: known(fee + slippage),
    reason,
  }
}

function viewOf(
  { by, tradeDate, sleeves, transfers, orders, fees, slippage, open }: RebalancePreview,
  {
    currency,
    asOf,
    titles,
  }: { readonly currency: string; readonly asOf: string; readonly titles: ReadonlyMap<string, string> },
): RebalanceView {
  const before = sleeves.reduce((sum, sleeve) => sum + sleeve.before, 0)
  const after = sleeves.reduce((sum, sleeve) => sum + sleeve.after, 0)
  const rows = sleeves.map((sleeve) => ({
    name: sleeve.sleeve,
    title: titles.get(sleeve.sleeve) ?? sleeve.sleeve,
    target: finite(sleeve.target / before),
    before: finite(sleeve.before / before),
    after: finite(sleeve.after / after),
    moved: known(
      transfers.reduce(
        (sum, { from, to, amount }) =>
          sum + (to === sleeve.sleeve ? amount : 0) - (from === sleeve.sleeve ? amount : 0),
        0,
      ),
    ),
  }))
  const drift = (side: 'before' | 'after'): number | null =>
    finite(Math.max(0, ...rows.map((row) => Math.abs((row[side] ?? 0) - (row.target ?? 0)))))
  return {
    currency,
    asOf,
    rule: by,
    sleeves: rows,
    orders: orders.map((order) =>
      orderView(order, order.stage === 'before' ? 'to free money' : 'with the money that was moved'),
    ),
    notional: known(orders.reduce((sum, { value }) => sum + Math.abs(value), 0)),
    cost: known(fees + slippage),
    driftBefore: drift('before'),
    driftAfter: drift('after'),
    notes: [`at the last marks of ${formatDate(tradeDate)}`, ...(open === '' ? [] : [open])],
  }
}
