/** The reserve lends to sleeves in a fall of the market and takes back afterwards. Margin calls come first. */
import type { DeployRule } from '../../domain/money-moves.ts'
import { tellCapital } from '../capital/record.ts'
import { valueAll } from '../positions/valuation.ts'
import { maintenanceDeficit } from '../run/maintenance.ts'
import type { Runtime } from '../runtime.ts'
import { freeCash, reserveOf, takesCapital } from './free-cash.ts'
import { moveCapital } from './move-money.ts'
import { type LoanState, startLoans } from './state.ts'

const EPSILON = 1e-12

function loansOf({ state, sleeves }: Runtime): LoanState {
  state.loans ??= startLoans(sleeves.length)
  return state.loans
}

/** At the end of a day: what is due is taken back, and lent where the rule says so. */
export function stepLoans(runtime: Runtime, tradeDate: number): void {
  const loans = loansOf(runtime)
  const rule = runtime.state.config!.deploy
  if (rule !== undefined && loans.tradeDate !== tradeDate) stepRule(runtime, rule, loans)
  loans.tradeDate = tradeDate
  for (const { ordinal } of runtime.sleeves) if (loans.recalled[ordinal] === 1) takeBack(runtime, ordinal, 'taken back')
}

function stepRule(runtime: Runtime, rule: DeployRule, loans: LoanState): void {
  const fall = fallOf(runtime, rule, loans)
  if (loans.isOut) {
    loans.days += 1
    const isOver = 'days' in rule.until ? loans.days >= rule.until.days : fall < rule.until.drawdown - EPSILON
    if (!isOver) return
    loans.isOut = false
    for (const id of rule.to) {
      const sleeve = runtime.sleeveOrdinal.get(id)!
      if (loans.lent[sleeve]! > 0) loans.recalled[sleeve] = 1
    }
    return
  }
  if (!(fall > rule.drawdown + EPSILON)) loans.isArmed = true
  else if (loans.isArmed) deploy(runtime, rule, loans, fall)
}

/** Fall of the benchmark from its highest close, as a positive fraction; 0 before its first. */
function fallOf({ state, byId }: Runtime, rule: DeployRule, loans: LoanState): number {
  const index = byId.get(rule.benchmark)
  const level = index === undefined ? Number.NaN : state.mark[index]! * state.factor[index]!
  if (!(level > 0)) return 0
  if (level > loans.peak) loans.peak = level
  return 1 - level / loans.peak
}

function deploy(runtime: Runtime, rule: DeployRule, loans: LoanState, fall: number): void {
  const reserve = reserveOf(runtime)
  const to = rule.to.map((id) => runtime.sleeveOrdinal.get(id)!).filter((sleeve) => takesCapital(runtime, sleeve))
  if (reserve < 0 || to.length === 0) return
  loans.isArmed = false
  loans.isOut = true
  loans.days = 0
  const each = Math.floor((lendable(runtime, reserve) * rule.fraction) / to.length)
  for (const sleeve of to)
    lendNow(runtime, reserve, sleeve, each, `benchmark down ${Math.floor(fall * 1_000 + 0.5) / 10} %`)
}

/** What the reserve may lend: its free cash less what sleeves already lack to their maintenance requirement. */
function lendable(runtime: Runtime, reserve: number): number {
  let called = 0
  for (const { ordinal } of runtime.sleeves) if (ordinal !== reserve) called += maintenanceDeficit(runtime, ordinal)
  return Math.max(0, freeCash(runtime, reserve) - called)
}

function lendNow(runtime: Runtime, reserve: number, sleeve: number, amount: number, reason: string): void {
  if (amount <= 0) return
  const loans = loansOf(runtime)
  loans.lent[sleeve] = loans.lent[sleeve]! + amount
  loans.recalled[sleeve] = 0
  moveCapital(runtime, [{ from: reserve, to: sleeve, amount }], 'loan', `lent: ${reason}`)
}

/** What the sleeve can spare goes back to the reserve; the rest stays owed and is asked for again. */
function takeBack(runtime: Runtime, sleeve: number, reason: string): void {
  const loans = loansOf(runtime)
  const reserve = reserveOf(runtime)
  const amount = Math.min(loans.lent[sleeve]!, freeCash(runtime, sleeve))
  loans.recalled[sleeve] = amount < loans.lent[sleeve]! ? 1 : 0
  if (reserve < 0 || amount <= 0) return
  loans.lent[sleeve] = loans.lent[sleeve]! - amount
  moveCapital(runtime, [{ from: sleeve, to: reserve, amount }], 'loan', reason)
}

/** An operator lends: refused whole where the reserve has less to spare. */
export function lendByOperator(runtime: Runtime, sleeve: number, amount: number): void {
  const reserve = reserveOf(runtime)
  valueAll(runtime)
  const most = reserve < 0 ? 0 : lendable(runtime, reserve)
  if (amount > 0 && amount <= most && takesCapital(runtime, sleeve)) {
    lendNow(runtime, reserve, sleeve, amount, 'by the operator')
    return
  }
  const reason = `refused: a loan of ${amount} counts, the reserve can spare ${most}`
  tellCapital(runtime, { cause: 'loan', sleeve, before: null, after: null, reason })
}

/** An operator takes back: at once what the sleeve can spare, the rest at the ends of the next days. */
export function takeBackByOperator(runtime: Runtime, sleeve: number): void {
  if (runtime.state.loans === undefined) return
  valueAll(runtime)
  takeBack(runtime, sleeve, 'taken back by the operator')
}
