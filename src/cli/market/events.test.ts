import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { MarketData } from '../../domain/market.ts'
import { tradeDate } from '../../domain/sessions.ts'
import type { RunResult } from '../../engine/records/result.ts'
import { runBacktest } from '../../engine/run/run.ts'
import { loadPortfolio } from '../config/load.ts'
import { reportOf } from '../report/figures.ts'
import { renderSummary } from '../report/summary.ts'
import { loadMarket, simulatedMarketData } from '../run.ts'
import { eventsOf, readEventFiles } from './events.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-events-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function written(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const DAYS = ['2023-05-01', '2023-05-02', '2023-05-03', '2023-05-04', '2023-05-05', '2023-05-08', '2023-05-09']
const bars = (price: (row: number) => number, days = DAYS): string =>
  `date,open,high,low,close,volume\n${days.map((day, row) => `${day},${price(row)},${price(row)},${price(row)},${price(row)},1000`).join('\n')}\n`
written(
  'flat.csv',
  bars(() => 100),
)
written(
  'split.csv',
  bars((row) => (row < 3 ? 100 : 25)),
)

const LOOK = 'simulation: {price: 100, volatility: 0.4, average_volume: 1000000}'
let made = 0
/** A portfolio of these instruments and feeds; sleeves hold all of them unless others are given. */
function portfolio(instruments: readonly string[], events: readonly string[], sleeves?: readonly string[]): string {
  made += 1
  const names = instruments.map((line) => line.slice(0, line.indexOf(':')))
  const own = sleeves ?? [
    `{id: one, weight: 1, strategy: buy-and-hold, universe: [${names.join(', ')}], sizing: {kind: notional, amount: 1000}}`,
  ]
  const lines = [
    'name: events',
    'capital: 10000',
    ...(events.length === 0 ? [] : ['events:', ...events.map((line) => `  - ${line}`)]),
    'instruments:',
    ...instruments.map((line) => `  ${line}`),
    'sleeves:',
    ...own.map((line) => `  - ${line}`),
  ]
  return written(`${made}.yaml`, `${lines.join('\n')}\n`)
}

async function marketOf(file: string): Promise<MarketData> {
  return loadMarket(await loadPortfolio(file), folder, { from: null, to: null })
}

async function ran(file: string): Promise<RunResult> {
  const loaded = await loadPortfolio(file)
  const market = await loadMarket(loaded, folder, { from: null, to: null })
  return runBacktest({ config: loaded.config, market, strategies: [...loaded.strategies.values()], checks: true })
}

const X = `X: {file: flat.csv, ${LOOK}}`
const HEAD = 'id,symbol,event_at,published_at'
const AT = '2023-05-03T16:30:00-04:00'
const news = (rows: string): string => `${HEAD},source,sentiment\n${rows}\n`

describe('event files of a portfolio', () => {
  it('give records by key or ticker, in the order of publication, of the instruments that it uses', async () => {
    written('n.csv', news(`2,TICK,${AT},${AT},w,0.5\n1,X,2023-05-02T10:00:00-04:00,2023-05-02T10:00:00-04:00,w,-0.5`))
    const file = portfolio([X, `Y: {file: flat.csv, symbol: TICK, ${LOOK}}`], ['{kind: news, file: n.csv}'])
    const { records } = await marketOf(file)
    expect(records!.map(({ id, instrument, origin }) => [id, instrument, origin])).toEqual([
      ['1', 'X', 'recorded'],
      ['2', 'Y', 'recorded'],
    ])
  })
  it('refuse symbols that nobody declared, unless these are to be skipped; unused instruments are left out', async () => {
    written('u.csv', news(`1,X,${AT},${AT},w,0.5\n2,ZZZ,${AT},${AT},w,0.5\n3,SPARE,${AT},${AT},w,1`))
    const spare = `SPARE: {file: flat.csv, ${LOOK}}`
    const sleeve = '{id: one, weight: 1, strategy: buy-and-hold, universe: [X], sizing: {kind: notional, amount: 1000}}'
    const asked = (feed: string) => marketOf(portfolio([X, spare], [feed], [sleeve]))
    await expect(asked('{kind: news, file: u.csv}')).rejects.toThrow(
      '"u.csv" line 3: symbol "ZZZ" is no declared instrument',
    )
    const market = await asked('{kind: news, file: u.csv, unknown_symbols: skip}')
    expect(market.records!.map(({ id }) => id)).toEqual(['1'])
    expect(market.notes).toContain('u.csv: rows of 1 symbols that are no declared instruments are skipped')
  })
  it('may hold hundreds of thousands of rows', async () => {
    written('one.csv', news(`1,X,${AT},${AT},w,0.5`))
    const loaded = await loadPortfolio(portfolio([X], ['{kind: news, file: one.csv}']))
    const { records, files } = await readEventFiles(loaded, folder)
    const many = Array.from({ length: 300_000 }, () => records[0]!)
    expect(eventsOf(loaded, [], { records: many, files, notes: [] }, null).records).toHaveLength(300_000)
  })
  it('must exist, carry zones or have one stated, and agree with the sessions of the exchange', async () => {
    await expect(marketOf(portfolio([X], ['{kind: news, file: none.csv}']))).rejects.toThrow(
      /\.yaml:4:\d+ events\[0\]\.file: no file "none.csv" in the data folder/,
    )
    written('naive.csv', news('1,X,2023-05-02 10:00,2023-05-02 10:00,w,0'))
    await expect(marketOf(portfolio([X], ['{kind: news, file: naive.csv}']))).rejects.toThrow(
      '"naive.csv" line 2: event_at "2023-05-02 10:00" has no zone',
    )
    const { records } = await marketOf(portfolio([X], ['{kind: news, file: naive.csv, zone: America/New_York}']))
    expect(records![0]!.publishedAt).toBe(Date.UTC(2023, 4, 2, 14))
    const earnings = (session: string) => `${HEAD},actual,session\n1,X,${AT},${AT},1,${session}\n`
    written('wrong.csv', earnings('before_open'))
    await expect(marketOf(portfolio([X], ['{kind: earnings, file: wrong.csv}']))).rejects.toThrow(
      '"wrong.csv" line 2: session "before_open" contradicts event_at 2023-05-03T20:30:00.000Z on calendar "nyse"',
    )
    written('during.csv', earnings('during'))
    await expect(marketOf(portfolio([X], ['{kind: earnings, file: during.csv}']))).rejects.toThrow('contradicts')
    written('right.csv', earnings('after_close'))
    expect((await marketOf(portfolio([X], ['{kind: earnings, file: right.csv}']))).records).toHaveLength(1)
  })
  it('pay dividends on their ex-date and tell them when they are announced', async () => {
    written('d.csv', `id,symbol,ex_date,published_at,amount\n1,X,2023-05-05,2023-05-02T10:00:00-04:00,0.5\n`)
    const file = portfolio([X], ['{kind: dividends, file: d.csv}'])
    const { actions, records } = await marketOf(file)
    expect(actions.map(({ tradeDate: day, action }) => [day, action])).toEqual([
      [20_230_505, { kind: 'dividend', instrument: 'X', amount: 0.5 }],
    ])
    expect(records).toMatchObject([{ kind: 'dividend', exDate: 20_230_505, publishedAt: Date.UTC(2023, 4, 2, 14) }])
    expect((await ran(file)).sleeves[0]!.dividends).toBeCloseTo(5, 9)
    written('own.csv', 'date,dividend\n2023-05-05,0.5\n')
    const twice = portfolio([`X: {file: flat.csv, dividends: own.csv}`], ['{kind: dividends, file: d.csv}'])
    await expect(marketOf(twice)).rejects.toThrow('instruments.X.dividends: "own.csv" gives its dividends, and so does')
  })
  it('split raw prices that have no split column', async () => {
    written(
      's.csv',
      `id,symbol,ex_date,published_at,numerator,denominator\n1,X,2023-05-04,2023-05-01T10:00:00-04:00,4,1\n`,
    )
    const raw = `X: {file: split.csv, prices: raw, ${LOOK}}`
    const { actions, blocks } = await marketOf(portfolio([raw], ['{kind: splits, file: s.csv}']))
    expect(actions.map(({ tradeDate: day, action }) => [day, action.kind])).toEqual([[20_230_504, 'split']])
    expect([...blocks[0]!.factor]).toEqual([1, 1, 1, 4, 4, 4, 4])
    const result = await ran(portfolio([raw], ['{kind: splits, file: s.csv}']))
    expect(result.equity.at(-1)).toBeCloseTo(10_000, 6)
    const column = bars(() => 100)
      .replace('volume', 'volume,split_coefficient')
      .replace(/,1000\n/g, ',1000,1\n')
    written('column.csv', column)
    const both = `X: {file: column.csv, prices: raw, ${LOOK}}`
    await expect(marketOf(portfolio([both], ['{kind: splits, file: s.csv}']))).rejects.toThrow(
      '"column.csv" line 1: the file has a split column, and an event file gives splits of "X" as well',
    )
  })
  it('charge what is borrowed and pay funding', async () => {
    const perpetual = `P: {kind: perpetual, file: flat.csv, unit: 0.001, calendar: nyse}`
    written('f.csv', `${HEAD},rate\n1,P,2023-05-04T16:00:00Z,2023-05-04T16:00:00Z,0.01\n`)
    const { sleeves } = await ran(portfolio([perpetual], ['{kind: funding, file: f.csv}']))
    // 1,000 of it are held from 2 May on.
    expect(sleeves[0]!.financing).toBeCloseTo(-10, 6)
  })
})

describe('what is configured under events', () => {
  const refused = async (...events: string[]): Promise<string> => {
    try {
      await loadPortfolio(portfolio([X], events))
    } catch (error) {
      return (error as Error).message
    }
    return ''
  }
  it('is refused by line, key and value', async () => {
    expect(await refused('{kind: earning, file: e.csv}')).toMatch(
      /:4:\d+ events\[0\]\.kind: must be one of earnings, news, flow, dividends, splits, funding, borrow, was "earning"; did you mean "earnings"/,
    )
    expect(await refused('{kind: news, file: n.csv, zon: UTC}')).toMatch('unknown key "zon"')
    expect(await refused('{kind: news, file: n.csv, zone: Paris}')).toMatch(
      'events[0].zone: must be "UTC", "America/New_York" or an offset such as "+01:00", was "Paris"',
    )
    expect(await refused('{kind: news, synthetic: {seed: 1, symbols: [XX]}}')).toMatch(
      'events[0].synthetic.symbols[0]: instrument "XX" is not declared',
    )
    expect(await refused('{kind: flow, synthetic: {seed: 1}}')).toMatch('events[0]')
    expect(await refused('{kind: news, synthetic: {}}')).toMatch('events[0].synthetic.seed: is missing')
    expect(await refused('{kind: flow, computed: {ratio_min: 0.5}}')).toMatch('ratio_min: must be at least 1')
    expect(await refused('{kind: news, synthetic: {seed: 1}}', '{kind: news, synthetic: {seed: 2}}')).toMatch(
      'events[1]: news are made by events[0] already',
    )
    expect(await refused('{kind: news, file: n.csv}', '{kind: news, synthetic: {seed: 2}}')).toMatch(
      'events[1]: events[0] reads news from a file; list here under "synthetic.symbols" whose are made',
    )
    expect(await refused('{kind: funding, synthetic: {seed: 1, spot: {X: S}}}')).toMatch('"S" is not declared')
  })
  it('says whose strategy reads what no feed gives', async () => {
    const sleeve =
      '{id: drift, weight: 1, strategy: earnings-drift, universe: [X], sizing: {kind: notional, amount: 1}}'
    const { notes } = await loadPortfolio(portfolio([X], [], [sleeve]))
    expect(notes).toEqual(['drift: its strategy reads earnings, and no feed under "events:" gives any'])
  })
})

const SLEEVES = [
  '{id: drift, weight: 0.3, strategy: earnings-drift, parameters: {surprise_min: 0.1, reaction_min: 0}, universe: [X], sizing: {kind: percent, fraction: 0.2}}',
  '{id: flow, weight: 0.3, strategy: unusual-flow, parameters: {ratio_min: 2, trend_period: 5}, universe: [X], sizing: {kind: percent, fraction: 0.2}}',
  '{id: hold, weight: 0.3, strategy: buy-and-hold, universe: [X], sizing: {kind: percent, fraction: 0.2}}',
]
const FEEDS = ['{kind: earnings, file: e.csv}', '{kind: flow, computed: {}}']
const REACH = { from: tradeDate(20_200_101), to: tradeDate(20_221_231) }

describe('synthetic records', () => {
  const onSimulated = async (events: readonly string[]): Promise<RunResult> => {
    const loaded = await loadPortfolio(portfolio([X], events, SLEEVES))
    const market = simulatedMarketData(loaded, 42, REACH)
    return runBacktest({ config: loaded.config, market, strategies: [...loaded.strategies.values()], checks: true })
  }
  it('stand in for files on the simulated market, and are marked for the sleeves that read them', async () => {
    const result = await onSimulated(FEEDS)
    const report = reportOf(result)
    expect(report.sleeves.map(({ name, synthetic }) => [name, synthetic])).toEqual([
      ['drift', ['earnings']],
      ['flow', []],
      ['hold', []],
      ['cash', []],
    ])
    expect(report.sleeves[0]!.roundTrips).toBeGreaterThan(2)
    expect(report.sleeves[1]!.roundTrips).toBeGreaterThan(2)
    expect(report.notes).toContainEqual(
      expect.stringMatching(
        /^SYNTHETIC: \d+ earnings records of 1 instruments are drawn from seed 42, in place of "e.csv" on the simulated market, nobody published them; read by drift$/,
      ),
    )
    expect(renderSummary(report, { width: 100, colour: false })).toContain('SYNTHETIC data: drift (earnings)')
    expect(result.invariants.violated).toEqual([])
  })
  it('stand in once a kind, and only where no other feed speaks of an instrument', async () => {
    const feeds = [
      '{kind: news, file: a.csv}',
      '{kind: news, file: b.csv}',
      '{kind: news, synthetic: {seed: 1, symbols: [Y]}}',
    ]
    const loaded = await loadPortfolio(portfolio([X, X.replace('X', 'Y')], feeds))
    const { records } = simulatedMarketData(loaded, 42, REACH)
    expect(new Set(records!.map(({ id }) => id)).size).toBe(records!.length)
    expect(new Set(records!.map(({ instrument }) => instrument))).toEqual(new Set(['X', 'Y']))
    const { notes } = simulatedMarketData(loaded, 42, REACH)
    expect(notes.filter((note) => note.startsWith('SYNTHETIC')).map((note) => /seed \d+/.exec(note)![0])).toEqual([
      'seed 1',
      'seed 42',
    ])
  })
  it('mark what positions pay for, whatever their strategy reads', async () => {
    const report = reportOf(await onSimulated(['{kind: borrow, synthetic: {seed: 1}}']))
    expect(report.sleeves.map(({ synthetic }) => synthetic)).toEqual([['borrow'], ['borrow'], ['borrow'], []])
  })
})
