/** What every strategy must keep, whoever wrote it: each check runs the strategy through drawn bars and says what differs. */
import { memoryProblem } from '../../domain/memory.ts'
import { defaultsOf, type Parameter, type Parameters, parameterProblem } from '../../domain/parameters.ts'
import type { Strategy } from '../../domain/strategy.ts'
import { alteredAfter, cutAfter, drawnMarket, type RigMarket, withPair } from './rig-market.ts'
import { type SeenWish, strategyRig } from './strategy-rig.ts'

/** Makes the strategy for a market. An honest one takes no notice of it: only a cheat can use what is handed over here. */
export type StrategyFactory = (market: RigMarket) => Strategy

/** One promise of a strategy. */
export interface ContractCheck {
  readonly name: string
  /** What breaks the promise and where; null where it is kept. A throw of the strategy passes through. */
  problem(strategy: Strategy): string | null
}

const SEED = 20_260_101
const COLUMNS = 4
const BARS = 600
/** Bars at the end of a run at every one of which it is restarted: a year, after what a strategy needs to begin. */
const YEAR = 252

type Decisions = readonly (readonly SeenWish[])[]

/** A strategy's parameters as its descriptors give them. */
export function defaultParameters(strategy: Strategy): Parameters {
  return defaultsOf(strategy.parameters as Readonly<Record<string, Parameter>>) as Parameters
}

/** Every wish of a run over the first `bars` of a market, bar by bar. */
export function decisionsOf(make: StrategyFactory, market: RigMarket, bars = market.bars): Decisions {
  const strategy = make(market)
  const rig = strategyRig(strategy, defaultParameters(strategy), market)
  return Array.from({ length: bars }, (_, bar) => rig.step(bar))
}

/**
 * Looks for a decision at bar t that changes when bars after t are altered or removed: the proof of a look into the
 * future. Cuts are taken right behind bars with wishes, where a peeping strategy gives itself away, and at even steps.
 *
 * @returns what differs and where; null for an honest strategy
 */
export function lookAheadOf(make: StrategyFactory, market: RigMarket, cutsMax = 12): string | null {
  const whole = decisionsOf(make, market)
  const busy = whole.flatMap((wishes, bar) => (wishes.length > 0 && bar < market.bars - 1 ? [bar] : []))
  const even = Array.from({ length: 4 }, (_, place) => Math.floor(((place + 1) * market.bars) / 5))
  const stride = Math.max(1, Math.floor(busy.length / cutsMax))
  const cuts = [...busy.filter((_, place) => place % stride === 0).slice(0, cutsMax), ...even]
  for (const cut of cuts) {
    const others = { altered: alteredAfter(market, cut, SEED + cut), removed: cutAfter(market, cut) }
    for (const [what, other] of Object.entries(others)) {
      const found = differenceOf(whole, decisionsOf(make, other, cut + 1), cut)
      if (found !== null) return `${found} when bars after ${cut} are ${what}`
    }
  }
  return null
}

function differenceOf(before: Decisions, after: Decisions, last: number): string | null {
  for (let bar = 0; bar <= last; bar += 1) {
    const [one, other] = [JSON.stringify(before[bar]), JSON.stringify(after[bar])]
    if (one !== other) return `bar ${bar} decides ${one}, but ${other}`
  }
  return null
}

const marketOf = (seed: number): RigMarket => withPair(drawnMarket(seed, COLUMNS, BARS), seed)
let drawnOnce: RigMarket | null = null
/** Every check tries the strategy on the same bars, and none alters them. */
function market(): RigMarket {
  drawnOnce ??= marketOf(SEED)
  return drawnOnce
}

function parametersProblem(strategy: Strategy): string | null {
  for (const [name, parameter] of Object.entries<Parameter>(strategy.parameters)) {
    const problem = parameterProblem(parameter, parameter.default)
    if (problem !== null) return `the default of "${name}" ${problem}, was "${parameter.default}"`
    if (!('search' in parameter) || parameter.search === undefined) continue
    const [low, high] = parameter.search
    if (!(low < high)) return `the search range of "${name}" must rise, was "${low}" to "${high}"`
    for (const edge of [low, high]) {
      const outside = parameterProblem(parameter, edge)
      if (outside !== null) return `the search range of "${name}" ${outside}, was "${edge}"`
    }
  }
  const together = strategy.check?.(defaultParameters(strategy)) ?? null
  return together === null ? null : `its defaults do not go together: ${together}`
}

function silenceOf(strategy: Strategy): string | null {
  const wishes = decisionsOf(() => strategy, market()).flat()
  if (wishes.some(({ kind }) => kind !== 'refuse')) return null
  return `it wished nothing in ${BARS} bars of ${COLUMNS} drawn instruments, so the other checks prove nothing`
}

function repetitionProblem(strategy: Strategy): string | null {
  const [first, second] = [decisionsOf(() => strategy, market()), decisionsOf(() => strategy, market())]
  return differenceOf(first, second, BARS - 1)
}

/** Two runs in turns, bar by bar, on other markets: what one leaves outside its memory, the other trips over. */
function hiddenStateOf(strategy: Strategy): string | null {
  const [one, other] = [market(), marketOf(SEED + 1)]
  const alone = decisionsOf(() => strategy, one)
  const parameters = defaultParameters(strategy)
  const [first, second] = [strategyRig(strategy, parameters, one), strategyRig(strategy, parameters, other)]
  const beside = Array.from({ length: BARS }, (_, bar) => {
    const wishes = first.step(bar)
    second.step(bar)
    return wishes
  })
  return differenceOf(alone, beside, BARS - 1)
}

function untidyMemoryOf(strategy: Strategy): string | null {
  const drawn = market()
  const rig = strategyRig(strategy, defaultParameters(strategy), drawn)
  for (let bar = 0; bar < drawn.bars; bar += 1) {
    rig.step(bar)
    const problem = memoryProblem(rig.memory())
    if (problem !== null) return `after bar ${bar}: ${problem}`
    const text = JSON.stringify(rig.memory())
    const again = JSON.stringify(JSON.parse(text))
    if (again !== text) return `after bar ${bar} its memory is ${text}, but ${again} once saved and read`
  }
  return null
}

function restartProblem(strategy: Strategy): string | null {
  const drawn = market()
  const whole = decisionsOf(() => strategy, drawn)
  const parameters = defaultParameters(strategy)
  let rig = strategyRig(strategy, parameters, drawn)
  const restarted = Array.from({ length: BARS }, (_, bar) => {
    const wishes = rig.step(bar)
    if (bar < BARS - YEAR) return wishes
    const saved = rig.snapshot()
    rig = strategyRig(strategy, parameters, drawn)
    rig.restore(saved)
    return wishes
  })
  return differenceOf(whole, restarted, BARS - 1)
}

function wishesProblem(strategy: Strategy): string | null {
  for (const [bar, wishes] of decisionsOf(() => strategy, market()).entries()) {
    const columns = new Set<number>()
    for (const wish of wishes) {
      if (wish.reason === '') return `bar ${bar} wishes without a reason: ${JSON.stringify(wish)}`
      const odd = numbersIn(wish).find((value) => !Number.isFinite(value))
      if (odd !== undefined) return `bar ${bar} wishes for "${odd}": ${JSON.stringify(wish)}`
      if (wish.kind === 'closeStructure') continue
      if (columns.has(wish.column)) return `bar ${bar} wishes twice for the instrument in column ${wish.column}`
      columns.add(wish.column)
    }
  }
  return null
}

function absenceProblem(strategy: Strategy): string | null {
  const drawn = market()
  const empty = { ...drawn, close: new Float64Array(drawn.close.length).fill(Number.NaN) }
  const bar = decisionsOf(() => strategy, empty).findIndex((wishes) => wishes.length > 0)
  return bar < 0 ? null : `bar ${bar} wishes for an instrument that has no bar there`
}

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(numbersIn)
}

/** The contract, check by check: what the built-in strategies are tested by, and what `strategies test` asks of others. */
export const STRATEGY_CONTRACT: readonly ContractCheck[] = [
  { name: 'has defaults and search ranges within bounds, and defaults that go together', problem: parametersProblem },
  { name: 'wishes something in the drawn market, or the rest would prove nothing', problem: silenceOf },
  {
    name: 'does not look ahead: decisions stay when later bars are altered or removed',
    problem: (strategy) => lookAheadOf(() => strategy, market()),
  },
  { name: 'decides the same twice', problem: repetitionProblem },
  { name: 'keeps nothing outside its memory: two runs in turns do not disturb each other', problem: hiddenStateOf },
  { name: 'keeps its memory as plain data of at most 64 KB', problem: untidyMemoryOf },
  { name: 'goes on the same after a restart at every bar of a year', problem: restartProblem },
  {
    name: 'wishes once per instrument and bar, with finite sizes and protections, and a reason',
    problem: wishesProblem,
  },
  { name: 'reads nothing from bars that are not there', problem: absenceProblem },
]
