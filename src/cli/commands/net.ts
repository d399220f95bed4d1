import { basename } from 'node:path'
import { FaultError, fault } from '../../domain/faults.ts'
import { runScenario } from '../../engine/scenario/scenario.ts'
import { readText } from '../config/text-file.ts'
import { print, printJson } from '../output.ts'
import { checkedScenario } from '../scenario-file.ts'
import { textTable } from '../text-table.ts'

/** `polyfolio net`: nets and books the intents of a scenario, bar by bar, as a run does. */
export async function net(file: string, options: { readonly json?: boolean }): Promise<void> {
  const result = runScenario(checkedScenario(basename(file), parseJson(file)))
  if (options.json === true) {
    printJson(result)
    return
  }
  for (const bar of result.bars as unknown as readonly BarView[]) {
    print(`\n${bar.t}`)
    const rows = bar.orders.map((order) => [
      order.symbol,
      order.side,
      order.qty,
      order.status,
      order.filled,
      order.fill_price ?? '',
      order.fee,
    ])
    if (rows.length > 0)
      print(textTable(['order', 'side', 'quantity', 'status', 'filled', 'price', 'fee'], rows, [2, 4, 5, 6]))
    const crosses = Object.entries(bar.crosses).filter(([, quantity]) => Number(quantity) !== 0)
    for (const [symbol, quantity] of crosses) print(`${quantity} ${symbol} crossed inside`)
    const books = Object.entries(bar.strategies).map(([name, book]) => [
      name,
      book.cash,
      positionsText(book.positions),
      book.equity,
    ])
    print(textTable(['sleeve', 'cash', 'positions', 'equity'], books, [1, 3]))
  }
}

/** What of a bar is shown to people. */
interface BarView {
  readonly t: string
  readonly orders: readonly Readonly<
    Record<'symbol' | 'side' | 'qty' | 'status' | 'filled' | 'fill_price' | 'fee', string>
  >[]
  readonly crosses: Readonly<Record<string, string>>
  readonly strategies: Readonly<
    Record<
      string,
      { readonly cash: string; readonly positions: Readonly<Record<string, string>>; readonly equity: string }
    >
  >
}

function positionsText(positions: Readonly<Record<string, string>>): string {
  return Object.entries(positions)
    .map(([symbol, quantity]) => `${quantity} ${symbol}`)
    .join(', ')
}

function parseJson(file: string): unknown {
  const text = readText(file)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new FaultError(
      fault('SCENARIO_INVALID', { file, path: 'the file', reason: `is no JSON: ${(cause as Error).message}` }),
      cause,
    )
  }
}
