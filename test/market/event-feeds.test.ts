import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseDelimited } from '../../src/adapters/feeds/delimited.ts'
import { eventKindOf, eventRecords, readEvents } from '../../src/adapters/feeds/event-records.ts'
import { parseNdjson } from '../../src/adapters/feeds/ndjson.ts'
import { readTable } from '../../src/adapters/feeds/read-table.ts'
import { eventsSchema } from '../../src/cli/config/schema/events.ts'
import { checkFile } from '../../src/cli/data/check.ts'
import { packageRoot } from '../../src/cli/package-root.ts'
import { FaultError } from '../../src/domain/faults.ts'
import type { EventKind } from '../../src/domain/recorded.ts'
import { tradeDate } from '../../src/domain/sessions.ts'
import { eventsProblem } from '../../src/pipeline/market/events.ts'

const EXAMPLES = join(packageRoot(), 'test', 'fixtures', 'events')
const TODAY = tradeDate(20_240_101)
const KINDS = ['earnings', 'news', 'flow', 'dividends', 'splits', 'funding', 'borrow'] as const
const folder = mkdtempSync(join(tmpdir(), 'events-'))
afterAll(() => rmSync(folder, { recursive: true }))

const OPEN = { zone: null, isRequired: false }
const STRICT = { zone: null, isRequired: true }
const exampleOf = (kind: EventKind): string => join(EXAMPLES, `${kind}.${kind === 'news' ? 'ndjson' : 'csv'}`)

/** Every cell of a file as text, row by row. */
async function cellsOf(path: string): Promise<Record<string, string>[]> {
  const table = await readTable(path, 'example')
  return Array.from({ length: table.count }, (_, row) =>
    Object.fromEntries(table.header.map((name, column) => [name, table.cell(row, column)])),
  )
}

async function asParquet(path: string, to: string, options: string): Promise<void> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  await connection.run(`COPY (SELECT * FROM read_csv('${path}', header = true${options})) TO '${to}' (FORMAT parquet)`)
  connection.closeSync()
}

describe('event files', () => {
  it.each(KINDS)('of %s hold the same records as CSV, NDJSON and Parquet', async (kind) => {
    const expected = (await readEvents(exampleOf(kind), 'example', kind, STRICT)).records
    expect(expected.length).toBeGreaterThan(0)
    const rows = await cellsOf(exampleOf(kind))
    const header = Object.keys(rows[0]!)
    const csv = [header.join(','), ...rows.map((row) => header.map((name) => row[name]).join(','))].join('\n')
    const json = rows.map((row) =>
      JSON.stringify(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== ''))),
    )
    const paths = ['csv', 'ndjson', 'parquet'].map((type) => join(folder, `${kind}.${type}`))
    writeFileSync(paths[0]!, csv)
    writeFileSync(paths[1]!, `${json.join('\n')}\n`)
    await asParquet(paths[0]!, paths[2]!, ', all_varchar = true')
    const typed = join(folder, `${kind}-typed.parquet`)
    await asParquet(paths[0]!, typed, '')
    for (const path of [...paths, typed]) {
      const { records } = await readEvents(path, 'example', kind, STRICT)
      expect(records).toEqual(expected)
      expect(eventKindOf(await readTable(path, 'example'))).toBe(kind)
      expect(await checkFile(path, 'example', TODAY)).toMatchObject({ verdict: 'ok', layout: kind, error: null })
    }
  })

  it('reads naive times in the zone that is stated, through changes of clocks', () => {
    const file = (times: readonly string[]) =>
      parseDelimited(
        `id,symbol,event_at,published_at,rate\n${times.map((time, row) => `${row},X,${time},${time},0.1`).join('\n')}`,
        'f.csv',
      )
    const times = (zone: string, ...given: string[]) =>
      eventRecords(file(given), 'funding', { zone, isRequired: true }).records.map(({ publishedAt }) =>
        new Date(publishedAt).toISOString(),
      )
    expect(times('America/New_York', '2024-03-10 01:59', '2024-03-10 03:00', '2024-07-01 09:30')).toEqual([
      '2024-03-10T06:59:00.000Z',
      '2024-03-10T07:00:00.000Z',
      '2024-07-01T13:30:00.000Z',
    ])
    expect(times('America/New_York', '2024-11-03 00:59:59', '2024-11-03 02:00', '2006-04-03 09:30')).toEqual([
      '2024-11-03T04:59:59.000Z',
      '2024-11-03T07:00:00.000Z',
      '2006-04-03T13:30:00.000Z',
    ])
    expect(times('+05:30', '2024-01-01 00:00')).toEqual(['2023-12-31T18:30:00.000Z'])
    expect(() => times('America/New_York', '2024-03-10 02:30')).toThrow('2024-03-10 02:30" does not exist in America')
    expect(() => times('America/New_York', '2024-11-03 01:30')).toThrow('2024-11-03 01:30" happens twice in America')
  })
})

const HEAD = 'id,symbol,event_at,published_at'
const T = '2023-05-05T16:00:00-04:00'
const LATER = '2023-05-05T16:05:00-04:00'

/** Kind, name, content (NDJSON where it begins with a brace), and what the refusal must say. */
const BAD: readonly (readonly [EventKind, string, string, string])[] = [
  [
    'news',
    'published before it happened',
    `${HEAD},source,sentiment\n1,X,${T},${LATER},w,0\n2,X,${LATER},${T},w,0`,
    'line 3: published_at 2023-05-05T20:00:00.000Z is before event_at 2023-05-05T20:05:00.000Z: nobody knew it before it happened',
  ],
  [
    'earnings',
    'an id twice',
    `${HEAD},actual\na,X,${T},${T},1\nb,X,${T},${T},1\na,Y,${T},${T},1`,
    'line 4: id "a" stands already on line 2; keep one',
  ],
  [
    'news',
    'a time without a zone below times with one',
    `${HEAD},source,sentiment\n1,X,${T},${T},w,0\n2,X,2023-05-05 16:00,${T},w,0`,
    'line 3: event_at "2023-05-05 16:00" has no zone, line 2 has one',
  ],
  [
    'news',
    'a time with a zone beside one without',
    `${HEAD},source,sentiment\n1,X,2023-05-05 16:00,${T},w,0`,
    `line 2: published_at "${T}" has a zone, line 2 has none`,
  ],
  [
    'funding',
    'a publication in the future',
    `${HEAD},rate\n1,X,2024-05-05T00:00:00Z,2024-05-05T00:00:00Z,0`,
    'line 2: published_at 2024-05-05T00:00:00.000Z is in the future',
  ],
  [
    'funding',
    'two rates of one settlement',
    `${HEAD},rate\n1,X,${T},${T},0\n2,X,${T},${LATER},0.001`,
    'line 3: funding of "X" at 2023-05-05T20:00:00.000Z stands already on line 2',
  ],
  [
    'funding',
    'a percentage for a fraction',
    `${HEAD},rate\n1,X,${T},${T},0.75`,
    'line 2: rate "0.75" cannot be read as a number from -0.1 to 0.1; fractions are of 1',
  ],
  [
    'news',
    'a tone beyond its range',
    `${HEAD},source,sentiment\n1,X,${T},${T},w,1.2`,
    'line 2: sentiment "1.2" cannot be read as a number from -1 to 1',
  ],
  [
    'news',
    'no tone at all',
    `${HEAD},source,sentiment\n1,X,${T},${T},w,`,
    'line 2: sentiment "" cannot be read as a number from -1 to 1',
  ],
  [
    'flow',
    'a side that is none',
    `${HEAD},measure,ratio,side\n1,X,${T},${T},volume,2,long`,
    'line 2: side "long" cannot be read as one of buy, sell',
  ],
  [
    'flow',
    'a number that is none',
    `${HEAD},measure,ratio,side\n1,X,${T},${T},volume,twice,buy`,
    'line 2: ratio "twice" cannot be read as a number',
  ],
  [
    'borrow',
    'a rate below zero',
    `${HEAD},rate,available\n1,X,${T},${T},-0.1,true`,
    'line 2: rate "-0.1" cannot be read as a number from 0 to 20',
  ],
  [
    'borrow',
    'neither true nor false',
    `${HEAD},rate,available\n1,X,${T},${T},0.1,yes`,
    'line 2: available "yes" cannot be read as one of true, false',
  ],
  [
    'dividends',
    'announced after it went ex',
    `id,symbol,ex_date,published_at,amount\n1,X,2023-05-04,${T},0.2`,
    'line 2: published_at 2023-05-05T20:00:00.000Z is after the ex_date 2023-05-04',
  ],
  [
    'dividends',
    'nothing paid',
    `id,symbol,ex_date,published_at,amount\n1,X,2023-05-12,${T},0`,
    'line 2: amount "0" cannot be read as a number above 0',
  ],
  [
    'splits',
    'a ratio that is no count',
    `id,symbol,ex_date,published_at,numerator,denominator\n1,X,2023-05-12,${T},1.5,1`,
    'line 2: numerator "1.5" cannot be read as a whole number',
  ],
  [
    'splits',
    'a day that does not exist',
    `id,symbol,ex_date,published_at,numerator,denominator\n1,X,2023-02-30,${T},2,1`,
    'line 2: ex_date "2023-02-30" cannot be read as a day',
  ],
  [
    'news',
    'a day without a time',
    `${HEAD},source,sentiment\n1,X,2023-05-05,${T},w,0`,
    'line 2: event_at "2023-05-05" cannot be read as a date with a time of day',
  ],
  [
    'earnings',
    'a column that is not known',
    `${HEAD},actual,guidance\n1,X,${T},${T},1,2`,
    'does not know guidance; its columns are id, symbol, event_at, published_at, actual',
  ],
  ['earnings', 'a column that is missing', `${HEAD},estimate\n1,X,${T},${T},1`, 'has no actual'],
  [
    'news',
    'a row of another kind',
    `${HEAD},kind,source,sentiment\n1,X,${T},${T},earnings,w,0`,
    'line 2: kind "earnings" cannot be read as "news"',
  ],
  ['news', 'no symbol', `${HEAD},source,sentiment\n1,,${T},${T},w,0`, 'line 2: symbol "" cannot be read as a name'],
  ['funding', 'a row too short', `${HEAD},rate\n1,X,${T},${T}`, 'line 2: 4 cells stand under 5 columns'],
  ['funding', 'no rows', `${HEAD},rate\n`, 'holds no rows'],
  [
    'funding',
    'a last line cut off',
    `{"id":"1","symbol":"X","event_at":"${T}","published_at":"${T}","rate":0}\n{"id":"2","symbol":"X","event_at":"2023-05-0`,
    'line 2: the line is cut off: the file was not written to its end',
  ],
  [
    'funding',
    'a line that is no JSON',
    `{"id":"1","symbol":"X",\n{"id":"2"}\n`,
    'line 1: the line is no JSON; write one object a line',
  ],
  ['funding', 'a list in place of an object', `["1"]\n`, 'line 1: the line is no JSON object'],
  [
    'funding',
    'a value within a value',
    `{"id":"1","symbol":["X"],"event_at":"${T}","published_at":"${T}","rate":0}\n`,
    'line 1: the line "symbol" holds a list',
  ],
  [
    'funding',
    'a name twice',
    `{"id":"1","id":"2","symbol":"X","event_at":"${T}","published_at":"${T}","rate":0}\n`,
    'line 1: the line states "id" twice',
  ],
]

describe('bad event files', () => {
  it.each(BAD)('of %s are refused by line: %s', async (kind, name, text, said) => {
    const isJson = /^[{[]/.test(text)
    const read = (): void => {
      const table = isJson ? parseNdjson(text, 'bad') : parseDelimited(text, 'bad')
      const problem = eventsProblem([eventRecords(table, kind, STRICT)], TODAY)
      if (problem !== null) throw new FaultError(problem)
    }
    expect(read).toThrow(FaultError)
    expect(read).toThrow(said)
    const path = join(folder, `${name.replaceAll(' ', '-')}.${isJson ? 'ndjson' : 'csv'}`)
    writeFileSync(path, text)
    expect(await checkFile(path, 'bad', TODAY)).toMatchObject({ verdict: 'refused' })
  })

  it('must state a zone for naive times, and only for those', () => {
    const naive = `${HEAD},rate\n1,X,2023-05-05 16:00,2023-05-05 16:00,0`
    const read = (text: string, zone: string | null) => () =>
      eventRecords(parseDelimited(text, 'f.csv'), 'funding', { zone, isRequired: true })
    expect(read(naive, null)).toThrow(
      'line 2: event_at "2023-05-05 16:00" has no zone; state one where the file is named',
    )
    expect(read(naive, 'UTC')).not.toThrow()
    expect(read(`${HEAD},rate\n1,X,${T},${T},0`, 'UTC')).toThrow('has a zone of its own, but "zone: UTC" is stated')
    const checked = eventRecords(parseDelimited(naive, 'f.csv'), 'funding', OPEN)
    expect(checked.findings.map(({ code }) => code)).toEqual(['zone-missing'])
  })

  it('say which file an id stands in already', () => {
    const file = (source: string) =>
      eventRecords(parseDelimited(`${HEAD},actual\na,X,${T},${T},1`, source), 'earnings', STRICT)
    const problem = eventsProblem([file('one.csv'), file('two.csv')], TODAY)!
    expect(problem.values).toMatchObject({ file: 'two.csv', line: 2 })
    expect(problem.values['reason']).toBe('id "a" stands already on line 2 of "one.csv"; keep one')
  })
})

describe('the page of layouts', () => {
  it('shows feeds as a portfolio may state them', () => {
    const [, yaml] = /```yaml\n(events:\n[\s\S]*?)```/.exec(page)!
    const { events } = parse(yaml!) as { readonly events: unknown[] }
    expect(eventsSchema.parse(events)).toHaveLength(5)
    expect(() => eventsSchema.parse([...events, { kind: 'rumours', file: 'r.csv' }])).toThrow()
  })
  const page = readFileSync(join(packageRoot(), 'docs', 'data.md'), 'utf8')
  it.each(KINDS)('shows an example of %s that is read, the one that the tests read', (kind) => {
    const example = readFileSync(exampleOf(kind), 'utf8').trim()
    expect(page).toContain(`\n${example}\n`)
  })
})
