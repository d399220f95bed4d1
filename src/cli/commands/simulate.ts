import type { SimulatedOutcome, SimulationView } from '../../api/contract/simulation.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { SimulationMethod } from '../../research/monte-carlo/simulate.ts'
import { print, printJson, writePage } from '../output.ts'
import { requireFolder } from '../paths.ts'
import { count, percent, percentTo } from '../report/numbers.ts'
import type { MarketSource, RunReach } from '../run.ts'
import { simulationPage } from '../simulation/page.ts'
import { type Past, pastOfFile, pastOfRun } from '../simulation/past.ts'
import { simulationOf } from '../simulation/view.ts'
import { methodWords, quantileWords } from '../simulation/words.ts'
import { textTable } from '../text-table.ts'

interface SimulateOptions extends RunReach {
  readonly returns?: string
  readonly weights?: string
  readonly data?: string
  readonly marketSeed: number
  readonly method: SimulationMethod
  readonly horizon?: number
  readonly paths: number
  readonly seed: number
  readonly block: number
  readonly degrees?: number
  readonly periods?: number
  readonly ruin: number
  readonly breach?: readonly number[]
  readonly html?: string
  readonly json?: boolean
}

const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95]
const PERIODS = 252
const BREACHES = [0.1, 0.2, 0.3]

/** Futures times periods: every one of them is kept until its quantiles are known. */
const STEPS_MAX = 100_000_000

/** `polyfolio simulate`: many futures of a portfolio, drawn from its past. */
export async function simulateCommand(config: string | undefined, options: SimulateOptions): Promise<void> {
  if ((config === undefined) === (options.returns === undefined)) {
    const reason = 'takes a configuration or --returns FILE, one of them'
    throw new FaultError(fault('OPTION_INVALID', { option: 'simulate', reason }))
  }
  const past = await pastOf(config, options)
  const periods = options.periods ?? past.periods ?? PERIODS
  const { method, paths, seed, block, degrees, ruin } = options
  const horizon = options.horizon ?? periods
  if (horizon * paths > STEPS_MAX) {
    const reason = `asks for ${paths} futures of ${horizon} periods, above ${STEPS_MAX} together; lower one of them`
    throw new FaultError(fault('OPTION_INVALID', { option: '--paths', reason }))
  }
  const view = simulationOf(
    past,
    {
      method,
      horizon,
      paths,
      seed,
      block: Math.min(block, past.portfolio.length),
      degrees: degrees ?? null,
      quantiles: QUANTILES,
      ruinAt: ruin,
      breaches: options.breach ?? [...new Set([...BREACHES, ...past.levels])].sort((left, right) => left - right),
    },
    periods,
  )
  if (options.html !== undefined) await writePage(options.html, simulationPage(view))
  if (options.json === true) printJson(view)
  else print(textOf(view, options.html))
}

async function pastOf(config: string | undefined, options: SimulateOptions): Promise<Past> {
  if (config === undefined) return pastOfFile(options.returns!, options.weights)
  if (options.data !== undefined) requireFolder(options.data)
  const market: MarketSource = options.data === undefined ? { seed: options.marketSeed } : { data: options.data }
  return pastOfRun(config, market, options)
}

function textOf(view: SimulationView, page: string | undefined): string {
  const { portfolio, sleeves, quantiles, horizon, paths, ruinAt } = view
  const outcomes = [portfolio, ...sleeves]
  const header = [
    '',
    ...quantiles.map(quantileWords),
    'loss',
    `ruin (${percentTo(ruinAt, 0)})`,
    ...portfolio.breaches.map(({ drawdown }) => `beyond ${percentTo(drawdown, 0)}`),
  ]
  const rowOf = (outcome: SimulatedOutcome): readonly string[] => [
    outcome.title,
    ...outcome.final.map((value) => percent(value - 1, 'both')),
    percentTo(outcome.lossProbability, 1),
    percentTo(outcome.ruinProbability, 2),
    ...outcome.breaches.map(({ probability }) => percentTo(probability, 1)),
  ]
  return [
    `${view.name}: ${count(paths)} futures of ${count(horizon)} periods, ${methodWords(view)}, seed ${view.seed}`,
    '',
    textTable(header, outcomes.map(rowOf), header.map((_, column) => column).slice(1)),
    '',
    'Change at the end by quantile; shares of the futures that end lower, that are ever ruined, and whose drawdown is ever beyond a level.',
    ...view.notes.map((note) => `note: ${note}`),
    ...(page === undefined ? [] : [`Page: ${page}`]),
  ].join('\n')
}
