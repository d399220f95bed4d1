/** In a run: deposits, withdrawals and operator commands that the configuration dates, each before its day trades. */
import type { PortfolioConfig } from '../../domain/config.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import type { OperatorCommand } from '../../domain/events.ts'
import type { DatedFlow, DatedOperation } from '../../domain/money-moves.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import { flowShares } from '../rebalance/flows.ts'
import { give, type Run, type RunDates } from './drive.ts'

export function datesOf({ flows = [], operations = [] }: PortfolioConfig): RunDates {
  return { flows, operations, notes: [] }
}

/** Carries out what stands for this day or an earlier one, money first. */
export function takeDated(run: Run, tradeDate: TradeDate): void {
  const { dates } = run
  while (dates.flows.length > 0 && dates.flows[0]!.date <= tradeDate) {
    const [flow] = dates.flows
    dates.flows = dates.flows.slice(1)
    takeFlow(run, flow!, tradeDate)
  }
  while (dates.operations.length > 0 && dates.operations[0]!.date <= tradeDate) {
    const [operation] = dates.operations
    dates.operations = dates.operations.slice(1)
    const id = `dated-${run.seq}`
    const command = commandOf(operation!)
    give(run, { kind: 'operator', id, actor: 'configuration', seen: run.seq, tradeDate, command })
  }
}

function commandOf(operation: DatedOperation): OperatorCommand {
  const { date: _, ...command } = operation
  return command
}

/** The broker's account moves only where the kernel takes the flow: both ask the same books. */
function takeFlow(run: Run, { amount, to }: DatedFlow, tradeDate: TradeDate): void {
  const config = run.kernel.runtime.state.config!
  const found = flowShares(run.kernel.runtime, amount, to)
  if ('refusal' in found) run.dates.notes.push(`${formatDate(tradeDate)}: ${found.refusal}; nothing was withdrawn`)
  else run.exchange.post(amount)
  give(run, {
    kind: 'cash',
    account: config.account.id,
    currency: config.currency,
    amount,
    cause: amount < 0 ? 'withdrawal' : 'deposit',
    tradeDate,
    ...(to === null ? {} : { sleeve: to }),
  })
}

/** What was dated behind the last day. */
export function undated({ kernel, dates }: Run): readonly string[] {
  const { currency } = kernel.runtime.state.config!
  const unit = countsPerUnit(currency)
  return [
    ...dates.flows.map(({ date, amount }) => {
      const what = amount < 0 ? 'withdrawal' : 'deposit'
      return `${formatDate(date)}: a ${what} of ${Math.abs(amount) / unit} ${currency} lies behind the last day and was not made`
    }),
    ...dates.operations.map(
      ({ date, kind }) => `${formatDate(date)}: "${kind}" lies behind the last day and was not done`,
    ),
  ]
}
