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
