import { allMetrics } from '../../pipeline/metrics/catalogue.ts'
import { print, printJson } from '../output.ts'
import { pairReturns, readReturns, sayChoice } from '../returns-file.ts'
import { textTable } from '../text-table.ts'

interface MetricsOptions {
  readonly returns: string
  readonly column?: string
  readonly periods: number
  readonly rf: number
  readonly mar: number
  readonly benchmark?: string
  readonly benchmarkColumn?: string
  readonly json?: boolean
}

/** `polyfolio metrics`: every metric of a series of returns, under the names of the catalogue. */
export async function metrics(options: MetricsOptions): Promise<void> {
  const own = await readReturns(options.returns, options.column)
  sayChoice(own, '--column', options.column)
  let returns = own.values
  let benchmark: Float64Array | null = null
  if (options.benchmark !== undefined) {
    const other = await readReturns(options.benchmark, options.benchmarkColumn, /benchmark|return/i)
    sayChoice(other, '--benchmark-column', options.benchmarkColumn)
    ;[returns, benchmark] = pairReturns(own, other)
  }
  const { periods, rf, mar } = options
  const values = allMetrics(returns, { periods, rf, mar, benchmark })
  if (options.json === true) {
    printJson(values)
    return
  }
  print(`${returns.length} returns of "${own.file}", ${periods} a year`)
  const text = (value: unknown): string =>
    value === null ? 'undefined' : typeof value === 'string' ? value : JSON.stringify(value)
  print(
    textTable(
      ['metric', 'value'],
      Object.entries(values).map(([name, value]) => [name, text(value)]),
    ),
  )
}
