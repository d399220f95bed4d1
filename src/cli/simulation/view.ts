import type { SimulatedOutcome, SimulationView } from '../../api/contract/simulation.ts'
import { type Outcome, type SimulationSettings, simulate } from '../../research/monte-carlo/simulate.ts'
import { known } from '../report/numbers.ts'
import type { Past } from './past.ts'

/** Fewer periods than this say little about what may come. */
const OBSERVATIONS_FEW = 60

/** Draws the futures of a past and puts them into the document. */
export function simulationOf(past: Past, settings: SimulationSettings, periods: number): SimulationView {
  const { portfolio, parts, days } = past
  const { cone, outcomes, degrees } = simulate([portfolio, ...parts.map(({ returns }) => returns)], settings)
  const { method, horizon, paths, seed, block, quantiles, ruinAt } = settings
  return {
    name: past.name,
    source: past.source,
    method,
    horizon,
    paths,
    seed,
    block: method === 'bootstrap' ? block : null,
    degrees: degrees === null ? null : known(degrees),
    periodsPerYear: periods,
    observations: portfolio.length,
    start: days?.[0] ?? null,
    end: days?.at(-1) ?? null,
    ruinAt,
    quantiles,
    cone: cone.map((line) => Array.from(line, known)),
    portfolio: outcomeView('portfolio', 'Portfolio', outcomes[0]!, settings),
    sleeves: parts.map(({ name, title }, index) => outcomeView(name, title, outcomes[index + 1]!, settings)),
    notes: notesOn(past, settings),
  }
}

function outcomeView(
  name: string,
  title: string,
  outcome: Outcome,
  { breaches }: SimulationSettings,
): SimulatedOutcome {
  return {
    name,
    title,
    final: Array.from(outcome.final, known),
    mean: known(outcome.mean),
    lossProbability: known(outcome.loss),
    ruinProbability: known(outcome.ruin),
    breaches: breaches.map((drawdown, level) => ({ drawdown, probability: known(outcome.breached[level]!) })),
    drawdown: Array.from(outcome.drawdown, known),
  }
}

function notesOn({ portfolio }: Past, { method, block, horizon }: SimulationSettings): readonly string[] {
  const notes: string[] = []
  const count = portfolio.length
  if (count < OBSERVATIONS_FEW) notes.push(`the past has ${count} periods only: it says little about what may come`)
  else if (horizon > count) notes.push(`the future asked for (${horizon}) is longer than the past (${count} periods)`)
  if (method === 'bootstrap' && block >= count)
    notes.push(`a block of ${block} is the whole past: every path is it over again, from another day on`)
  if (method === 'student') notes.push('periods are drawn independently: calm and wild stretches are not kept')
  return notes
}
