import type { AllocationMethod } from '../../domain/allocation.ts'
import type { DaySchedule, RebalancingRule, RebalancingTrigger } from '../../domain/capital.ts'
import type { SleeveConfig } from '../../domain/config.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import { type DatedFlow, type DatedOperation, type DeployRule, SLEEVE_OPERATIONS } from '../../domain/money-moves.ts'
import { parseDate } from '../../domain/sessions.ts'
import { type CurrencyCode, instrumentId, money, sleeveId, type TradeDate } from '../../domain/units.ts'
import type { Path } from './document.ts'
import type { Problems } from './problems.ts'
import type { RawDeploy, RawFlow, RawOperation, RawRebalancing } from './schema/money-moves.ts'
import type { RawOverlays } from './schema/overlays.ts'
import { hint } from './suggest.ts'

/*
 * Rebalancing, deposits, withdrawals, dated commands and loans of the reserve: from their words to the kernel's.
 */

/** What of a portfolio file moves money. */
interface RawMoves {
  readonly currency: string
  readonly benchmark: string | null
  readonly rebalancing?: RawRebalancing | undefined
  readonly flows: readonly RawFlow[]
  readonly operations: readonly RawOperation[]
  readonly deploy?: RawDeploy | undefined
  readonly overlays?: RawOverlays | undefined
}

/** A sleeve as commands and flows see it. */
export interface MoneyMember {
  readonly id: string
  /** Null for a reserve. */
  readonly strategy: string | null
  readonly starts: string | undefined
  /** Where it stands in the list as written; null for a reserve that only takes the rest. */
  readonly position: number | null
}

/** Portfolio days between two rebalancings where only `periodic` is said. */
const EVERY_DEFAULT = 60
const EVERY_SCORED = 21

/** The rule of rebalancing; null where the file has none: then capital stays where it is. */
export function rebalancingOf(raw: RawRebalancing | undefined, allocation: AllocationMethod): RebalancingRule | null {
  if (raw === undefined) return null
  const block = typeof raw === 'object' ? raw : undefined
  const scored = ['sharpe_weighted', 'sortino_weighted', 'return_weighted'].includes(allocation)
  return {
    triggers: triggersOf(raw),
    schedule: scheduleOf(block?.every ?? (scored ? EVERY_SCORED : EVERY_DEFAULT)),
    threshold: block?.threshold ?? 0.05,
    by: block?.by ?? 'transfer',
  }
}

function triggersOf(raw: RawRebalancing): readonly RebalancingTrigger[] {
  const method = typeof raw === 'object' ? raw.method : raw
  if (typeof method !== 'string') return [...new Set(method)]
  return method === 'never' ? [] : [method]
}

function scheduleOf(every: number | 'day' | 'week' | 'month' | 'quarter'): DaySchedule {
  if (every === 'day') return { kind: 'days', every: 1 }
  return typeof every === 'number' ? { kind: 'days', every } : { kind: 'calendar', unit: every }
}

/** Keys of the block that its method does not use: kept for the day on which it does, and named. */
export function unusedKeys(document: unknown): readonly string[] {
  const block = (document as { readonly rebalancing?: unknown } | null)?.rebalancing
  if (typeof block !== 'object' || block === null) return []
  const { method = 'never' } = block as { readonly method?: unknown }
  const methods = Array.isArray(method) ? method : [method]
  const moves = methods.some((one) => one !== 'never' && one !== 'every_bar')
  const uses: Readonly<Record<string, boolean>> = {
    every: methods.includes('periodic'),
    threshold: methods.includes('threshold'),
    by: moves,
  }
  return Object.keys(block).flatMap((key) =>
    uses[key] === false ? [`rebalancing.${key} is not used: the method is ${methods.join(', ')}`] : [],
  )
}

/** Whether money moves while the portfolio runs, so that there must be a reserve which takes what no sleeve gets. */
export function needsReserve(raw: RawMoves, members: readonly MoneyMember[]): boolean {
  const triggers = raw.rebalancing === undefined ? [] : triggersOf(raw.rebalancing)
  if (triggers.some((trigger) => trigger !== 'every_bar') || raw.deploy !== undefined) return true
  if (raw.flows.length > 0 || raw.operations.length > 0) return true
  return members.some(({ starts }) => starts !== undefined)
}

/** Sleeves that wait to be added: those with a first day, and those that an operation adds. */
export function awaitedSleeves(raw: RawMoves, members: readonly MoneyMember[]): ReadonlySet<string> {
  const added = raw.operations.flatMap(({ add }) => (add === undefined ? [] : [add]))
  return new Set([...added, ...members.flatMap(({ id, starts }) => (starts === undefined ? [] : [id]))])
}

/** Sleeves that wait have no money: theirs is the reserve's until they are added. */
export function withAwaited(sleeves: readonly SleeveConfig[], awaited: ReadonlySet<string>): readonly SleeveConfig[] {
  let waiting = 0
  for (const { id, capital } of sleeves) if (awaited.has(id)) waiting += capital
  if (waiting === 0 && awaited.size === 0) return sleeves
  const reserve = sleeves.find(({ strategy }) => strategy === null)
  return sleeves.map((sleeve) => {
    if (sleeve === reserve) return { ...sleeve, capital: money(sleeve.capital + waiting) }
    return awaited.has(sleeve.id) ? { ...sleeve, capital: money(0), awaited: true } : sleeve
  })
}

export interface MoneyMoves {
  readonly flows?: readonly DatedFlow[]
  readonly operations?: readonly DatedOperation[]
  readonly deploy?: DeployRule
}

/** Everything that moves money while the portfolio runs; what is not configured is left out. */
export function moneyMovesOf(raw: RawMoves, members: readonly MoneyMember[], problems: Problems): MoneyMoves {
  const context = { members, problems }
  const flows = flowsOf(raw, context)
  const operations = [...operationsOf(raw, context), ...startsOf(raw, context)].sort(byDate)
  const deploy = raw.deploy === undefined ? null : deployOf(raw, raw.deploy, context)
  return {
    ...(flows.length === 0 ? {} : { flows }),
    ...(operations.length === 0 ? {} : { operations }),
    ...(deploy === null ? {} : { deploy }),
  }
}

interface Context {
  readonly members: readonly MoneyMember[]
  readonly problems: Problems
}

const byDate = (one: { readonly date: number }, other: { readonly date: number }): number => one.date - other.date

/** The date as the kernel counts it; one that does not exist is a problem. */
function dateOf(text: string, path: Path, { problems }: Context): TradeDate {
  const date = parseDate(text)
  if (date !== null) return date
  problems.at(path, `must be a date that exists, such as 2024-01-31, was "${text}"`)
  return 0 as TradeDate
}

/** Whether a name is that of a sleeve which trades; what else it is, is a problem. */
function demandSleeve(id: string, path: Path, { members, problems }: Context, reserves: 'too' | 'not'): void {
  const member = members.find((one) => one.id === id)
  const trading = members.filter(({ strategy }) => strategy !== null || reserves === 'too')
  if (member === undefined) {
    problems.at(
      path,
      `no sleeve is named "${id}"${hint(
        id,
        trading.map((one) => one.id),
      )}`,
    )
  } else if (reserves === 'not' && member.strategy === null) {
    problems.at(path, `"${id}" only holds cash; name a sleeve that trades`)
  }
}

function flowsOf(raw: RawMoves, context: Context): readonly DatedFlow[] {
  const unit = countsPerUnit(raw.currency as CurrencyCode)
  const flows = raw.flows.map(({ date, amount, to }, index) => {
    const counts = Math.round(amount * unit)
    if (counts === 0 || !Number.isSafeInteger(counts))
      context.problems.at(['flows', index, 'amount'], `must be money that comes or goes, was "${amount}"`)
    if (to !== undefined) demandSleeve(to, ['flows', index, 'to'], context, 'too')
    return {
      date: dateOf(date, ['flows', index, 'date'], context),
      amount: money(Number.isSafeInteger(counts) ? counts : 0),
      to: to === undefined ? null : sleeveId(to),
    }
  })
  return flows.sort(byDate)
}

function operationsOf(raw: RawMoves, context: Context): readonly DatedOperation[] {
  return raw.operations.flatMap((operation, index): readonly DatedOperation[] => {
    const date = dateOf(operation.date, ['operations', index, 'date'], context)
    const kinds = [...SLEEVE_OPERATIONS, 'rebalance', 'confirm_stage'] as const
    const given = kinds.filter((kind) => operation[kind] !== undefined)
    const [kind] = given
    if (kind === undefined || given.length > 1) {
      const was = given.length === 0 ? 'none' : given.join(' and ')
      const reason = `must give one command (${kinds.join(', ')}), was ${was}`
      context.problems.at(['operations', index], reason)
      return []
    }
    if (kind === 'rebalance') return [{ date, kind, by: operation.rebalance! }]
    if (kind === 'confirm_stage') {
      const { sleeve, stage } = operation.confirm_stage!
      demandSleeve(sleeve, ['operations', index, kind, 'sleeve'], context, 'not')
      if (raw.overlays?.lifecycle === undefined || raw.overlays.lifecycle === null)
        context.problems.at(['operations', index, kind], 'speaks of stages, and there are none; add overlays.lifecycle')
      return [{ date, kind: 'confirmStage', sleeve: sleeveId(sleeve), stage }]
    }
    const sleeve = operation[kind]!
    demandSleeve(sleeve, ['operations', index, kind], context, 'not')
    return [{ date, kind, sleeve: sleeveId(sleeve) }]
  })
}

/** A first day is an operation that adds the sleeve on it. */
function startsOf(raw: RawMoves, context: Context): readonly DatedOperation[] {
  return context.members.flatMap(({ id, starts, strategy, position }): readonly DatedOperation[] => {
    if (starts === undefined) return []
    const path = ['sleeves', position ?? 0, 'starts']
    if (raw.operations.some(({ add }) => add === id))
      context.problems.at(path, `"${id}" is added by an operation as well; keep one of them`)
    if (strategy === null)
      context.problems.at(path, `"${id}" only holds cash and is there from the first day; remove this`)
    return [{ date: dateOf(starts, path, context), kind: 'add', sleeve: sleeveId(id) }]
  })
}

function deployOf(raw: RawMoves, deploy: RawDeploy, context: Context): DeployRule | null {
  const drawdown = deploy.when.benchmark_drawdown
  for (const [index, id] of deploy.to.entries()) demandSleeve(id, ['deploy', 'to', index], context, 'not')
  const { until } = deploy
  if ('benchmark_drawdown' in until && until.benchmark_drawdown >= drawdown) {
    const reason = `must be below that of when (${drawdown}), was "${until.benchmark_drawdown}"; it would be taken back at once`
    context.problems.at(['deploy', 'until', 'benchmark_drawdown'], reason)
  }
  if (raw.benchmark === null) {
    context.problems.at(['deploy', 'when'], 'looks at the benchmark, and there is none; name one under `benchmark`')
    return null
  }
  return {
    benchmark: instrumentId(raw.benchmark),
    drawdown,
    to: deploy.to.map(sleeveId),
    fraction: deploy.amount,
    until: 'days' in until ? { days: until.days } : { drawdown: until.benchmark_drawdown },
  }
}
