import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { portfolioJsonSchema } from './json-schema.ts'
import { loadPortfolio } from './load.ts'
import type { LoadedPortfolio } from './loaded.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-universe-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const INSTRUMENTS =
  'instruments:\n  AAA: {file: a.csv}\n  BBB: {file: b.csv}\n  CCC/USD: {file: c.csv, symbol: CCC, currency: USD}\n'
const portfolio = (universe: string, rest = ''): string =>
  `name: Small\ncapital: 1000\n${rest}sleeves:\n  - id: one\n    weight: 1\n    strategy: mean-reversion\n    sizing: {kind: notional, amount: 100}\n${universe}${INSTRUMENTS}`

function write(files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return join(folder, 'p.yaml')
}
const load = (files: Readonly<Record<string, string>>): Promise<LoadedPortfolio> => loadPortfolio(write(files))
const said = (files: Readonly<Record<string, string>>): Promise<string> =>
  load(files).then(
    () => 'fine',
    (cause: unknown) => (cause as Error).message.replaceAll(`${folder}/`, ''),
  )

describe('a universe in a file of its own', () => {
  it.each([
    ['n.txt', '\uFEFF# the liquid ones first\nBBB # large\n\nAAA\n'],
    ['n.csv', 'name,ticker,cap\nB corp,BBB,5\nA corp,AAA,4\n'],
    ['n.tsv', 'Symbol\tcap\nBBB\t5\nAAA\t4\n'],
    ['n.yaml', '- BBB\n- AAA\n'],
    ['n.yaml', 'universe: [BBB, AAA]\n'],
    ['n.json', '["BBB", "AAA"]'],
  ])('%s is read in its order', async (name, text) => {
    const { config } = await load({ 'p.yaml': portfolio(`    universe_file: ${name}\n`), [name]: text })
    expect(config.sleeves[0]!.universe).toEqual(['BBB', 'AAA'])
  })
  it('is found beside the file that names it', async () => {
    const sleeve =
      'id: one\nweight: 1\nstrategy: mean-reversion\nuniverse_file: n.txt\nsizing: {kind: notional, amount: 1}\n'
    const whole = `name: Small\ncapital: 1000\nsleeves: [{use: deep/s.yaml}]\n${INSTRUMENTS}`
    const { config } = await load({ 'p.yaml': whole, 'deep/s.yaml': sleeve, 'deep/n.txt': 'AAA\n' })
    expect(config.sleeves[0]!.universe).toEqual(['AAA'])
  })
  it('of a sleeve file gives way to what the portfolio says, and the other way round', async () => {
    const sleeve = (line: string): string =>
      `id: one\nweight: 1\nstrategy: mean-reversion\n${line}\nsizing: {kind: notional, amount: 1}\n`
    const whole = (line: string): string =>
      `name: Small\ncapital: 1000\nsleeves:\n  - use: s.yaml\n    ${line}\n${INSTRUMENTS}`
    const universeOf = async (outer: string, inner: string): Promise<readonly string[]> => {
      const { config } = await load({ 'p.yaml': whole(outer), 's.yaml': sleeve(inner), 'n.txt': 'AAA\n' })
      return config.sleeves[0]!.universe
    }
    expect(await universeOf('universe: [BBB]', 'universe_file: n.txt')).toEqual(['BBB'])
    expect(await universeOf('universe_file: n.txt', 'universe: [BBB]')).toEqual(['AAA'])
    const both = sleeve('universe: [BBB]\nuniverse_file: n.txt')
    expect(await said({ 'p.yaml': whole('weight: 1'), 's.yaml': both, 'n.txt': 'AAA\n' })).toMatch(
      /^s\.yaml:5:16 sleeves\[0\]\.universe_file: is given beside a list under "universe:"; keep one of them$/,
    )
    const twice = whole('universe: [BBB]\n    universe_file: n.txt')
    expect(await said({ 'p.yaml': twice, 's.yaml': sleeve(''), 'n.txt': 'AAA\n' })).toMatch(/^p\.yaml:6:20 .*keep one/)
  })
  it.each([
    ['n.txt', 'AAA\n\nXXX\n', /^n\.txt:3:1 sleeves\[0\]\.universe\[1\]: instrument "XXX" is not declared/],
    ['n.csv', 'symbol\nAAA\nXXX\n', /^n\.csv:3:1 sleeves\[0\]\.universe\[1\]: instrument "XXX" is not declared/],
    ['n.yaml', 'universe:\n  - AAA\n  - XXX\n', /^n\.yaml:3:5 sleeves\[0\]\.universe\[1\]: instrument "XXX"/],
    ['n.txt', 'AAA\nAAA\n', /^n\.txt:2:1 sleeves\[0\]\.universe\[1\]: "AAA" is listed twice; keep one/],
    ['n.txt', 'AAA, BBB\n', /^n\.txt:1:1 universe_file: "AAA, BBB" is more than one symbol; write one a line/],
    ['n.txt', 'AAA\n\u0000\u0001\n', /^n\.txt:2:1 universe_file: is no text; write one symbol a line/],
    ['n.txt', '# nothing\n', /^n\.txt:1:1 universe_file: names nothing/],
    ['n.csv', 'name\nAAA\n', /^n\.csv:1:1 universe_file: the table has no column "symbol"; add one/],
    ['n.yaml', 'names: [AAA]\n', /^n\.yaml:1:1 universe_file: must be a list of symbols/],
  ])('%s with a mistake is said by line', async (name, text, message) => {
    expect(await said({ 'p.yaml': portfolio(`    universe_file: ${name}\n`), [name]: text })).toMatch(message)
  })
  it('is refused where it is missing, or given beside a list', async () => {
    expect(await said({ 'p.yaml': portfolio('    universe_file: gone.txt\n') })).toMatch(
      /^p\.yaml:8:20 sleeves\.0\.universe_file: no file "gone\.txt"; names are relative to p\.yaml$/,
    )
    const both = portfolio('    universe: [AAA]\n    universe_file: n.txt\n')
    expect(await said({ 'p.yaml': both, 'n.txt': 'AAA\n' })).toMatch(
      /^p\.yaml:9:20 sleeves\[0\]\.universe_file: is given beside a list under "universe:"; keep one of them$/,
    )
  })
})

const HISTORY = 'date,symbol,status,reasons\n2023-08-15,BBB,in,\n2023-08-15,AAA,out,dear\n2023-08-15,CCC,in,\n'

describe('a universe that follows a history', () => {
  it('trades everyone who was ever in, in the order in which they came, by id or ticker', async () => {
    const text = `${HISTORY}2023-09-15,AAA,in,\n2023-09-15,BBB,out,gone\n`
    const { config } = await load({ 'p.yaml': portfolio('    universe_history: h.csv\n'), 'h.csv': text })
    const [sleeve] = config.sleeves
    expect(sleeve!.universe).toEqual(['BBB', 'CCC/USD', 'AAA'])
    expect(
      sleeve!.universeRules.history!.map(({ tradeDate, instrument, isMember }) => [tradeDate, instrument, isMember]),
    ).toEqual([
      [20_230_815, 'BBB', true],
      [20_230_815, 'AAA', false],
      [20_230_815, 'CCC/USD', true],
      [20_230_915, 'AAA', true],
      [20_230_915, 'BBB', false],
    ])
  })
  it('holds beside a list, which says who may be in it', async () => {
    const text = portfolio('    universe: [AAA]\n    universe_history: h.csv\n')
    const { config } = await load({ 'p.yaml': text, 'h.csv': HISTORY })
    expect(config.sleeves[0]!.universe).toEqual(['AAA'])
    expect(config.sleeves[0]!.universeRules.history).toHaveLength(3)
  })
  it('names members without prices, and is refused where that is all of them', async () => {
    const some = `${HISTORY}2023-08-15,XXX,in,\n2023-08-15,YYY,out,\n`
    const { notes } = await load({ 'p.yaml': portfolio('    universe_history: h.csv\n'), 'h.csv': some })
    expect(notes).toContain('one: 1 of 3 members of h.csv have no instrument, and so no prices: XXX')
    const none = 'date,symbol,status\n2023-08-15,XXX,in\n2023-08-15,YYY,in\n'
    expect(await said({ 'p.yaml': portfolio('    universe_history: h.csv\n'), 'h.csv': none })).toMatch(
      /p\.yaml:8:23 sleeves\[0\]\.universe_history: none of its 2 members has an instrument, and so prices: XXX YYY; declare some, or list a universe/,
    )
    const empty = 'date,symbol,status\n2023-08-15,AAA,out\n'
    expect(await said({ 'p.yaml': portfolio('    universe_history: h.csv\n'), 'h.csv': empty })).toMatch(
      /universe_history: nobody is ever in; declare some, or list a universe/,
    )
  })
  it('is refused with the line of its own file', async () => {
    const text = 'date,symbol,status\n2023-08-15,AAA,perhaps\n'
    expect(await said({ 'p.yaml': portfolio('    universe_history: h.csv\n'), 'h.csv': text })).toMatch(
      /^p\.yaml:8:23 sleeves\[0\]\.universe_history: cannot be followed: "h\.csv" line 2: status "perhaps"/,
    )
    expect(await said({ 'p.yaml': portfolio('    universe_history: gone.csv\n') })).toMatch(
      /^p\.yaml:8:23 sleeves\[0\]\.universe_history: cannot be followed: .*gone\.csv/,
    )
  })
})

describe('docs/universes.md', () => {
  const guide = readFileSync(new URL('../../../docs/universes.md', import.meta.url), 'utf8')
  it('names every rule of a universe and every criterion of a screen', () => {
    const schema = portfolioJsonSchema() as unknown as {
      readonly properties: { readonly screen: { readonly properties: object } }
      readonly $defs: {
        readonly sleeve: { readonly properties: Readonly<Record<string, { readonly properties: object }>> }
      }
    }
    const { properties } = schema.$defs.sleeve
    const keys = [
      ...Object.keys(properties).filter((key) => key.startsWith('universe')),
      ...Object.keys(properties['universe_rules']!.properties),
      ...Object.keys(schema.properties.screen.properties),
    ]
    expect(keys.length).toBeGreaterThan(18)
    expect(keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(guide))).toEqual([])
  })
})

describe('rules of a universe', () => {
  const rules = (text: string, rest = ''): Readonly<Record<string, string>> => ({
    'p.yaml': portfolio(`    universe: [AAA]\n    universe_rules: ${text}\n`, rest),
  })
  it('are read with the sector groups of the screen and of their own', async () => {
    const text =
      '{price: {min: 1}, volatility_max: 2, dollar_volume_min: 5, market_cap: {max: 9}, float_min: 1, float_max: 3, sectors: [Energy, EV, AI], sector_groups: {AI: [Software]}}'
    const { config } = await load(rules(text, 'screen: {sector_groups: {EV: [Cars], AI: [Chips]}}\n'))
    expect(config.sleeves[0]!.universeRules).toEqual({
      volatilityMin: null,
      volatilityBars: 60,
      volumeMin: null,
      volumeBars: 20,
      notEvaluated: [],
      volatilityMax: 2,
      price: { min: 1, max: null },
      dollarVolumeMin: 5,
      marketCap: { min: null, max: 9 },
      floatShares: { min: 1, max: 3 },
      sectors: [
        { name: 'Energy', members: ['Energy'] },
        { name: 'EV', members: ['Cars'] },
        { name: 'AI', members: ['Software'] },
      ],
    })
  })
  it('say what no snapshot answers', async () => {
    const text = '{market_cap: {min: 5}, sectors: [EV], not_evaluated: [analysts]}'
    const note = 'one: not evaluated for lack of dated data: analysts, market_cap from 5, sectors EV'
    expect((await load(rules(text))).notes).toContain(note)
    // With snapshots their days decide, and only the files know them.
    expect((await load(rules(text, 'snapshots: [s.csv]\n'))).notes).toEqual([])
  })
  it.each([
    ['{price: {min: 5, max: 5}}', /universe_rules\.price: leaves no room: 5 is not below 5; correct one of them/],
    ['{float_min: 5, float_max: 4}', /universe_rules\.float_min: leaves no room: 5 is not below 4/],
    ['{volatility_min: 0.5, volatility_max: 0.4}', /universe_rules\.volatility_min: leaves no room/],
    ['{price: {}}', /universe_rules\.price: asks nothing; give it a min or a max/],
    ['{market_cap: {min: 5, max: 1}}', /universe_rules\.market_cap: leaves no room/],
    ['{sectors: []}', /universe_rules\.sectors/],
    ['{volume_mim: 5}', /unknown key "volume_mim"; did you mean "volume_min"\?/],
    ['{price: {minimum: 5}}', /unknown key "minimum"/],
  ])('%s are said by line', async (text, message) => {
    const answer = await said(rules(text))
    expect(answer).toMatch(message)
    expect(answer).toMatch(/^p\.yaml:9:/)
  })
})
