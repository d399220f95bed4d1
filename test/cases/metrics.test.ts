import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { casesFolder } from '../outside-data.ts'
import { type CaseTable, runMetricsCase } from './metrics.ts'

const folder = casesFolder()

interface MetricsCase {
  readonly name: string
  readonly input: Readonly<Record<string, unknown>>
  readonly expected: Readonly<Record<string, unknown>>
  readonly tolerance: { readonly rel?: number; readonly abs?: number }
}

function cases(): MetricsCase[] {
  if (folder === null) return []
  const files = readdirSync(join(folder, 'metrics')).filter((file) => file.endsWith('.json'))
  return files.map((file) => JSON.parse(readFileSync(join(folder, 'metrics', file), 'utf8')) as MetricsCase)
}

function tableOf(root: string, file: string, rows: unknown): CaseTable {
  const lines: string[][] = parse(readFileSync(join(root, file), 'utf8'), { trim: true })
  const header = lines[0]!
  const [from, to] = (rows ?? [0, lines.length - 1]) as [number, number]
  const body = lines.slice(1).slice(from, to)
  const cell = (text: string): number | string | null =>
    text === '' || text === 'NA' ? null : Number.isNaN(Number(text)) ? text : Number(text)
  return { header, columns: new Map(header.map((name, column) => [name, body.map((row) => cell(row[column]!))])) }
}

const COMMENTARY =
  /^(published.*|note|reason|recommended|conflict|binding|invariants|differs|wrong_.*|seed_.*|passes_seed_definition)$/

/** Names the first place where a result leaves its tolerance; null where nothing does. */
function difference(got: unknown, wanted: unknown, rel: number, abs: number, path: string): string | null {
  if (typeof wanted === 'number') {
    const close = typeof got === 'number' && Math.abs(got - wanted) <= abs + rel * Math.abs(wanted)
    return close ? null : `${path}: wanted ${wanted}, got ${String(got)}`
  }
  if (wanted !== null && typeof wanted === 'object') {
    for (const [key, part] of Object.entries(wanted)) {
      if (COMMENTARY.test(key) || (typeof part === 'string' && part.includes(' '))) continue
      const inner = (got as Readonly<Record<string, unknown>> | undefined)?.[key]
      const found = difference(inner, part, rel, abs, `${path}.${key}`)
      if (found !== null) return found
    }
    return null
  }
  return got === wanted ? null : `${path}: wanted ${String(wanted)}, got ${String(got)}`
}

describe.skipIf(folder === null)('metrics cases (needs the folder of POLYFOLIO_CASES)', () => {
  it('are there', () => expect(cases().length).toBeGreaterThan(90))
  it.each(cases().map((item) => [item.name, item] as const))('%s', (_, item) => {
    const root = dirname(join(folder!, 'inputs'))
    const result = runMetricsCase(item.input, (file) => tableOf(root, file, item.input['rows']), { name: item.name })
    const { rel = 0, abs = 0 } = item.tolerance
    expect(difference(result, item.expected, rel, abs, 'expected')).toBeNull()
  })
  it('notice a value that is off', () => {
    const item = cases().find(({ name }) => name === 'bacon_msquared')!
    expect(difference({ value: 0.1007 }, item.expected, 1e-8, 0, 'expected')).toContain('wanted 0.1006')
  })
})
