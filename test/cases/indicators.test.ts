import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { casesFolder } from '../outside-data.ts'
import { type CaseInput, runIndicatorsCase, type Table } from './indicators.ts'

interface Case {
  readonly name: string
  readonly input: CaseInput
  readonly expected: Readonly<Record<string, unknown>>
  readonly tolerance: { readonly abs?: number; readonly rel?: number }
}

const folder = casesFolder()

describe.skipIf(folder === null)('indicator cases (skipped where the folder of cases is missing)', () => {
  const files = folder === null ? [] : readdirSync(join(folder, 'indicators')).filter((file) => file.endsWith('.json'))

  it('finds cases', () => expect(files.length).toBeGreaterThan(0))

  it.each(files)('%s', (file) => {
    const { name, input, expected, tolerance } = JSON.parse(
      readFileSync(join(folder!, 'indicators', file), 'utf8'),
    ) as Case
    const actual = runIndicatorsCase(input, readTable, { name, expected })
    const compared = { values: 0 }
    expect(differences(actual, expected, tolerance, name, compared)).toEqual([])
    expect(compared.values).toBeGreaterThan(0)
  })

  it('tells a wrong value by its place', () => {
    const differing = differences({ sma: [1, null] }, { sma: [1.1, 2] }, { abs: 0.01 }, 'case', { values: 0 })
    expect(differing).toEqual(['case.sma.0: 1 instead of 1.1', 'case.sma.1: null instead of 2'])
  })
})

describe('the indicator of a case', () => {
  const columns: [string, number[]][] = [
    ['high', [12, 13, 14, 15, 18, 17]],
    ['low', [9, 10, 11, 12, 13, 14]],
    ['close', [10, 12, 11, 14, 17, 15]],
    ['volume', [10, 0, 20, 30, 20, 10]],
  ]
  const table: Table = { header: columns.map(([name]) => name), columns: new Map(columns) }
  const last = (input: CaseInput, key: string, context = {}) => {
    const series = runIndicatorsCase({ file: 'table', ...input }, () => table, context)?.[key] as { last10: number[] }
    return series.last10.at(-1)
  }

  it('is named in any case, with its period in the input or at its end', () => {
    expect(last({ indicator: 'sma', n: 2 }, 'sma')).toBe(16)
    expect(last({ indicator: 'SMA3' }, 'sma_3')).toBeCloseTo(46 / 3, 12)
    expect(last({ indicator: 'WMA2' }, 'wma_2')).toBeCloseTo(47 / 3, 12)
    expect(last({ n: 2 }, 'sma', { name: 'sma_2_of_the_close' })).toBe(16)
  })

  it('reads the source and the rows it is told to', () => {
    expect(last({ indicator: 'SMA', n: 2, source: 'volume' }, 'sma')).toBe(15)
    expect(last({ indicator: 'SMA', n: 2, rows: [0, 4] }, 'sma')).toBe(12.5)
  })

  it('is found for every indicator there is', () => {
    expect(last({ indicator: 'OBV' }, 'obv')).toBe(10 + 0 - 20 + 30 + 20 - 10)
    expect(last({ indicator: 'VWAP', n: 2 }, 'vwap')).toBeCloseTo((16 * 20 + (46 / 3) * 10) / 30, 12)
    expect(last({ indicator: 'volume_avg', n: 2 }, 'volume_avg')).toBe(15)
    expect(last({ indicator: 'zscore', n: 2 }, 'zscore')).toBeCloseTo(-Math.SQRT1_2, 12)
    const deviation = (17 / 14 - 15 / 17) / Math.sqrt(2)
    expect(last({ indicator: 'volatility', n: 2 }, 'volatility')).toBeCloseTo(deviation, 12)
    expect(last({ indicator: 'VOLATILITY', n: 2, periods: 252 }, 'volatility')).toBeCloseTo(
      deviation * Math.sqrt(252),
      12,
    )
    expect(last({ indicator: 'ADX', n: 2 }, 'adx')).toBeGreaterThan(0)
    expect(last({ indicator: 'DONCHIAN', n: 2, includes_current_bar: false }, 'upper')).toBe(18)
  })

  it('is null when it is none that exists', () => {
    expect(runIndicatorsCase({ file: 'table', indicator: 'ICHIMOKU' }, () => table)).toBeNull()
    expect(runIndicatorsCase({ file: 'table', rule: 'full moon' }, () => table)).toBeNull()
  })
})

const tables = new Map<string, Table>()

function readTable(file: string): Table {
  const known = tables.get(file)
  if (known !== undefined) return known
  const [first, ...lines] = readFileSync(join(folder!, file), 'utf8').trim().split('\n')
  const header = first!.trim().split(',')
  const rows = lines.map((line) => line.trim().split(','))
  const value = (text: string) => (text === '' ? null : Number.isNaN(Number(text)) ? text : Number(text))
  const columns = new Map(header.map((name, place) => [name, rows.map((row) => value(row[place] ?? ''))] as const))
  const table = { header, columns }
  tables.set(file, table)
  return table
}

/** Places where a value is further from the expected than `abs + rel * |expected|`; published roundings are commentary. */
function differences(
  actual: unknown,
  expected: unknown,
  tolerance: Case['tolerance'],
  place: string,
  compared: { values: number },
): readonly string[] {
  if (typeof expected === 'object' && expected !== null) {
    const own = (typeof actual === 'object' && actual !== null ? actual : {}) as Readonly<Record<string, unknown>>
    const lengths =
      Array.isArray(expected) && (!Array.isArray(actual) || actual.length !== expected.length)
        ? [`${place}: ${Array.isArray(actual) ? actual.length : 'no'} values instead of ${expected.length}`]
        : []
    if (Array.isArray(expected)) compared.values += 1
    const inner = Object.entries(expected)
      .filter(([key]) => !key.startsWith('published'))
      .flatMap(([key, value]) => differences(own[key], value, tolerance, `${place}.${key}`, compared))
    return [...lengths, ...inner]
  }
  compared.values += 1
  if (typeof expected === 'number' && typeof actual === 'number') {
    const room = (tolerance.abs ?? 0) + (tolerance.rel ?? 0) * Math.abs(expected)
    return Math.abs(actual - expected) <= room ? [] : [`${place}: ${actual} instead of ${expected}`]
  }
  return actual === expected ? [] : [`${place}: ${String(actual)} instead of ${String(expected)}`]
}
