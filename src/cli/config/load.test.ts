import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadPortfolio } from './load.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const HEAD = 'name: Small\ncapital: 1000\n'
const INSTRUMENTS = 'instruments:\n  AAA: {file: a.csv}\n  BBB: {file: b.csv}\n'
const RESERVE = 'sleeves:\n  - {id: cash, weight: 1}\n'
const sleeve = (rest: string): string =>
  `sleeves:\n  - id: one\n    weight: 1\n    strategy: mean-reversion\n    universe: [AAA]\n    sizing: {kind: notional, amount: 100}\n${rest}`

/** What loading says: all messages, without the folder of this test. */
async function said(files: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  try {
    await loadPortfolio(join(folder, 'p.yaml'))
    return 'fine'
  } catch (cause) {
    return (cause as Error).message.replaceAll(`${folder}/`, '')
  }
}

describe('a portfolio file that is wrong', () => {
  it('includes a file that includes another one', async () => {
    const files = {
      'p.yaml': `include: limits.yaml\n${HEAD}${RESERVE}`,
      'limits.yaml': 'limits: {}\ninclude: more.yaml\n',
      'more.yaml': 'currency: USD\n',
    }
    expect(await said(files)).toMatch(
      /^limits\.yaml:2:1 include: is not followed in a file that is included itself; name its files in p\.yaml$/,
    )
  })

  it.each([
    ['a tab', `${HEAD}sleeves:\n\t- {id: cash, weight: 1}\n`, /^p\.yaml:4:1 a tab indents this line; use spaces/],
    [
      'a key given twice',
      `${HEAD}capital: 2000\n${RESERVE}`,
      /^p\.yaml:3:1 this key is given twice; keep one of them, at "capital: 2000"$/,
    ],
    ['an open quote', `name: "x\n`, /^p\.yaml:2:1 a closing quote, bracket or colon is missing; add it/],
    ['nothing', '# only a remark\n', /^p\.yaml:1:1 the file holds no settings; see the presets for one to start from$/],
    ['a list', '- 1\n', /^p\.yaml:1:1 the file: must be a block of settings/],
    [
      'aliases that unfold without end',
      `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
      /^p\.yaml:2:8 aliases unfold to more than 100 parts; write them out$/,
    ],
    [
      'an unknown key',
      `${HEAD}captial: 5\n${RESERVE}`,
      /^p\.yaml:3:1 unknown key "captial"; did you mean "capital"\?$/,
    ],
    [
      'an unknown key deep inside',
      `${HEAD}limits:\n  drawdown: {halt: 0.2, resume: 0.1, reset: 3}\n${RESERVE}`,
      /^p\.yaml:4:38 unknown key "reset"; known here: halt, resume, reset_peak_after, liquidate$/,
    ],
    ['a wrong type', `name: Small\ncapital: much\n${RESERVE}`, /^p\.yaml:2:10 capital: must be a number, was "much"$/],
    ['a missing key', `name: Small\n${RESERVE}`, /^p\.yaml:1:1 capital: is missing; add it$/],
    [
      'a negative weight',
      `${HEAD}sleeves:\n  - {id: a, weight: -0.5}\n`,
      /^p\.yaml:4:21 sleeves\[0\]\.weight: must be at least 0, was "-0\.5"$/,
    ],
    [
      'a percentage where a fraction is meant',
      `${HEAD}limits: {position_weight_max: 10}\n${RESERVE}`,
      /^p\.yaml:3:31 limits\.position_weight_max: must be at most 1, was "10"; fractions are of 1: 10 % is 0\.1$/,
    ],
    [
      'weights above one',
      `${HEAD}sleeves:\n  - {id: a, weight: 0.7}\n  - {id: b, weight: 0.5}\n`,
      /^p\.yaml:3:1 weights add up to 1\.2, above 1; lower them or state "leverage:"$/,
    ],
    [
      'weights above the leverage',
      `${HEAD}leverage: 1.1\nsleeves:\n  - {id: a, weight: 0.7}\n  - {id: b, weight: 0.5}\n`,
      /^p\.yaml:3:11 leverage: allows weights up to 1\.1, but they add up to 1\.2; lower them or raise it$/,
    ],
    [
      'a reserve that leaves money over',
      `${HEAD}sleeves:\n  - {id: cash, weight: 0.4}\n`,
      /^p\.yaml:4:24 sleeves\[0\]\.weight: weights and cash add up to 0\.4; give the remaining 0\.6 to a sleeve$/,
    ],
    [
      'two sleeves of one name',
      `${HEAD}sleeves:\n  - {id: a, weight: 0.5}\n  - {id: a, weight: 0.5}\n`,
      /^p\.yaml:5:10 sleeves\[1\]\.id: "a" is taken by the sleeve at p\.yaml:4; give this one a name of its own$/,
    ],
    [
      'a strategy with a slip of the hand',
      `${HEAD}${INSTRUMENTS}${sleeve('').replace('mean-reversion', 'mean-revresion')}`,
      /^p\.yaml:9:15 strategy "mean-revresion" cannot be loaded: no built-in strategy has this name; did you mean "mean-reversion"\?; own ones are named as \.\/file\.ts$/,
    ],
    [
      'a strategy file that is not there',
      `${HEAD}${INSTRUMENTS}${sleeve('').replace('mean-reversion', './own.js')}`,
      /^p\.yaml:9:15 strategy "\.\/own\.js" cannot be loaded: no file "own\.js"; the name is relative to the file that names it$/,
    ],
    [
      'an unknown parameter',
      `${HEAD}${INSTRUMENTS}${sleeve('    parameters: {entry_rsj: 20}\n')}`,
      /^p\.yaml:12:18 unknown key "entry_rsj"; did you mean "entry_rsi"\?$/,
    ],
    [
      'a parameter out of its bounds',
      `${HEAD}${INSTRUMENTS}${sleeve('    parameters: {entry_rsi: 500}\n')}`,
      /^p\.yaml:12:29 sleeves\[0\]\.parameters\.entry_rsi: must be at most \d+, was "500"$/,
    ],
    [
      'a strategy without instruments',
      `${HEAD}sleeves:\n  - {id: a, weight: 1, strategy: mean-reversion, sizing: {kind: notional, amount: 1}}\n`,
      /^p\.yaml:4:5 sleeves\[0\]\.universe: is missing; list the instruments that the strategy trades$/,
    ],
    [
      'an instrument left over where two belong together',
      `${HEAD}${INSTRUMENTS}sleeves:\n  - {id: a, weight: 1, strategy: pairs, universe: [AAA]}\n`,
      /^p\.yaml:7:51 sleeves\[0\]\.universe: lists 1, but pairs takes instruments 2 by 2, in this order; add or remove one$/,
    ],
    [
      'a strategy without a size',
      `${HEAD}${INSTRUMENTS}sleeves:\n  - {id: a, weight: 1, strategy: mean-reversion, universe: [AAA]}\n`,
      /^p\.yaml:7:5 sleeves\[0\]\.sizing: is missing; add for example "sizing: \{kind: notional, amount: 1000\}"$/,
    ],
    [
      'an unknown kind of size',
      `${HEAD}${INSTRUMENTS}${sleeve('').replace('kind: notional', 'kind: notonal')}`,
      /^p\.yaml:11:20 sleeves\[0\]\.sizing\.kind: /,
    ],
    [
      'an instrument that is not declared',
      `${HEAD}${INSTRUMENTS}${sleeve('').replace('[AAA]', '[AAB]')}`,
      /^p\.yaml:10:16 sleeves\[0\]\.universe\[0\]: instrument "AAB" is not declared; did you mean "AAA"\?$/,
    ],
    [
      'an instrument without a file',
      `${HEAD}instruments:\n  AAA: {kind: equity}\n${sleeve('')}`,
      /^p\.yaml:4:3 instrument "AAA" names no file; add "file:" relative to the data folder$/,
    ],
    [
      'an instrument listed twice',
      `${HEAD}${INSTRUMENTS}${sleeve('').replace('[AAA]', '[AAA, AAA]')}`,
      /^p\.yaml:10:21 sleeves\[0\]\.universe\[1\]: "AAA" is listed twice; keep one$/,
    ],
    [
      'an alias inside the part that it names',
      'name: Small\ncapital: 1000\nsleeves: &a [*a]\n',
      /^p\.yaml:3:14 an alias names a part that it stands in; write the part out$/,
    ],
    [
      'an unknown currency',
      `name: Small\ncapital: 1000\ncurrency: XYZ\n${RESERVE}`,
      /^p\.yaml:3:11 currency: books cannot be kept in "XYZ"; use a currency such as USD, EUR or USDT$/,
    ],
    [
      'a coin as currency',
      `name: Small\ncapital: 1000\ncurrency: BTC\n${RESERVE}`,
      /^p\.yaml:3:11 currency: books cannot be kept in "BTC"; coins are positions, never money;/,
    ],
    [
      'a foreign currency without parity',
      `${HEAD}instruments:\n  BTC/USD: {kind: crypto, file: b.csv, currency: USDT}\nbenchmark: BTC/USD\n${RESERVE}`,
      /^p\.yaml:4:50 instruments\.BTC\/USD\.currency: USDT is not USD; state "parity: \{USDT: USD\}" if you take them as equal, or declare their rate: "USDT\/USD: \{kind: fx, file: FILE\.csv\}"$/,
    ],
    [
      'a coin without its smallest amount',
      `${HEAD}instruments:\n  DOGE/USD: {kind: crypto, file: d.csv}\nbenchmark: DOGE/USD\n${RESERVE}`,
      /^p\.yaml:4:13 instruments\.DOGE\/USD: a crypto states its smallest amount; add "unit: 0\.00000001" or another power of ten$/,
    ],
    [
      'two calendars in one sleeve',
      `${HEAD}instruments:\n  AAA: {file: a.csv}\n  BTC/USD: {kind: crypto, file: b.csv}\n${sleeve('').replace('[AAA]', '[AAA, BTC/USD]')}`,
      /^p\.yaml:10:21 sleeves\[0\]\.universe\[1\]: "BTC\/USD" trades on the calendar continuous, the instruments before it on nyse; give it a sleeve of its own$/,
    ],
    [
      'a breaker that resumes before it halts',
      `${HEAD}limits: {drawdown: {halt: 0.1, resume: 0.15}}\n${RESERVE}`,
      /^p\.yaml:3:40 limits\.drawdown\.resume: must be below halt \(0\.1\), was "0\.15"; trading would resume before it halts$/,
    ],
    [
      'a policy for a sleeve that is none',
      `${HEAD}policy:\n  cush: {weight: 0.5}\n${RESERVE}`,
      /^p\.yaml:4:9 policy\.cush: is no sleeve; did you mean "cash"\?$/,
    ],
    [
      'a policy whose benchmark is not declared',
      `${HEAD}policy:\n  cash: {weight: 0.5, benchmark: SPX}\n${RESERVE}`,
      /^p\.yaml:4:34 policy\.cash\.benchmark: instrument "SPX" is not declared/,
    ],
    [
      'a policy that gives away more than there is',
      `${HEAD}policy:\n  cash: {weight: 1.2}\n${RESERVE}`,
      /^p\.yaml:4:3 policy: gives away 1\.2; its weights must add up to 1 at most, the rest is cash$/,
    ],
    [
      'an unknown schedule',
      `${HEAD}costs: {equity: {commission: alpacca}}\n${RESERVE}`,
      /^p\.yaml:3:30 costs\.equity\.commission: no schedule is named "alpacca"; did you mean "alpaca"\?$/,
    ],
    [
      'a secret in plain text',
      `${HEAD}alert_settings: {twilio_token: abc}\n${RESERVE}`,
      /^p\.yaml:3:32 alert_settings\.twilio_token: holds a secret in plain text; write \$\{TWILIO_TOKEN\} and set TWILIO_TOKEN in the environment$/,
    ],
    [
      'a stop that a fixed width makes unreachable',
      `${HEAD}${INSTRUMENTS}${sleeve('    parameters: {select: width, width: 2, credit_min: 0.8, stop_multiple: 2}\n').replace('mean-reversion', 'theta-decay')}`,
      /^p\.yaml:12:17 sleeves\[0\]\.parameters: a loss of 2 times the least credit 0\.8 is out of reach with a width of 2/,
    ],
  ])('%s is said with line, column and what to do', async (_, text, message) => {
    expect(await said({ 'p.yaml': text })).toMatch(message)
  })

  it('says everything at once, in the order of the file', async () => {
    const text = 'name: 5\ncaptial: 1\ncapital: -1\nsleeves:\n  - {id: cash, weight: x}\n'
    const lines = (await said({ 'p.yaml': text })).split('\n')
    expect(lines.map((line) => line.split(' ', 1)[0])).toEqual([
      'p.yaml:1:7',
      'p.yaml:2:1',
      'p.yaml:3:10',
      'p.yaml:5:24',
    ])
  })
})

describe('a portfolio of several files', () => {
  const outer = `${HEAD}instruments_file: names.yaml\nsleeves:\n  - {use: one.yaml, weight: 0.4}\n`
  const one = 'id: one\nweight: 0.9\nstrategy: mean-reversion\nuniverse: [AAA]\nsizing: {kind: notional, amount: 100}\n'
  const names = 'AAA:\n  file: a.csv\n'

  it('takes keys beside `use` over those of the file and gives the rest of capital to cash', async () => {
    for (const [name, text] of Object.entries({ 'p.yaml': outer, 'one.yaml': one, 'names.yaml': names })) {
      writeFileSync(join(folder, name), text)
    }
    const { config } = await loadPortfolio(join(folder, 'p.yaml'))
    expect(config.sleeves.map(({ id, weight, capital }) => [id, weight, capital])).toEqual([
      ['one', 0.4, 400_000_000],
      ['cash', 0.6, 600_000_000],
    ])
  })
  it('places what is wrong in the file that holds it', async () => {
    const wrong = await said({ 'p.yaml': outer, 'one.yaml': `${one}limts: {}\n`, 'names.yaml': names })
    expect(wrong).toBe('one.yaml:6:1 unknown key "limts"; did you mean "limits"?')
    const instrument = await said({ 'p.yaml': outer, 'one.yaml': one, 'names.yaml': 'AAA:\n  fil: a.csv\n' })
    expect(instrument).toBe('names.yaml:2:3 unknown key "fil"; did you mean "file"?')
    const weight = await said({ 'p.yaml': outer.replace('0.4', '-1'), 'one.yaml': one, 'names.yaml': names })
    expect(weight).toBe('p.yaml:5:29 sleeves[0].weight: must be at least 0, was "-1"')
  })
  it('says where a file that is not there was named', async () => {
    const text = `${HEAD}sleeves:\n  - missing.yaml\n`
    expect(await said({ 'p.yaml': text })).toBe(
      'p.yaml:4:5 sleeves.0: no file "missing.yaml"; names are relative to p.yaml',
    )
  })
  it('takes sectors from a vendor table and files from the portfolio', async () => {
    const table = 'Ticker,Sector,Industry,Market Cap\nAAA,Technology,Software,1\nZZZ,Energy,Oil,2\n'
    const text = `${HEAD}instruments_file: names.csv\ninstruments:\n  AAA: {file: a.csv}\n${sleeve('')}`
    expect(await said({ 'p.yaml': text, 'names.csv': table })).toBe('fine')
    const { instruments } = await loadPortfolio(join(folder, 'p.yaml'))
    expect(instruments.map(({ instrument }) => [instrument.id, instrument.sector, instrument.industry])).toEqual([
      ['AAA', 'Technology', 'Software'],
    ])
    const twice = await said({ 'p.yaml': text, 'names.csv': `${table}AAA,Energy,Oil,3\n` })
    expect(twice).toBe('names.csv:4:1 instruments: "AAA" is given twice, first on line 2; keep one')
  })
})

describe('a strategy that divides the capital itself', () => {
  const own = (sizing: string): string =>
    `${HEAD}${INSTRUMENTS}sleeves:\n  - {id: a, weight: 1, strategy: pairs, universe: [AAA, BBB]${sizing}}\n`

  it('asks for no sizing, and one that is given is noted as not read', async () => {
    expect(await said({ 'p.yaml': own('') })).toBe('fine')
    const { config, notes } = await loadPortfolio(join(folder, 'p.yaml'))
    expect(config.sleeves[0]!.sizing).toEqual({ kind: 'own' })
    expect(notes).toEqual([])
    expect(await said({ 'p.yaml': own(', sizing: {kind: percent, fraction: 0.1}') })).toBe('fine')
    const given = await loadPortfolio(join(folder, 'p.yaml'))
    expect(given.config.sleeves[0]!.sizing).toEqual({ kind: 'own' })
    expect(given.notes).toEqual(['a: "sizing" is not read, because pairs divides the capital itself; leave it out'])
  })
})

describe('instruments by kind', () => {
  it('have their usual units, steps and calendars', async () => {
    const text = `${HEAD}parity: {USDT: USD}\ninstruments:
  AAA: {file: a.csv}
  FND: {kind: etf, file: f.csv, step: 0.001}
  BTC/USD: {kind: crypto, file: b.csv, currency: USDT}
  SOL/USD: {kind: perpetual, file: s.csv, unit: 0.001, step: 0.1}
sleeves:
  - {id: a, weight: 0.5, strategy: mean-reversion, universe: [AAA, FND], sizing: {kind: quantity, quantity: 1}}
  - {id: b, weight: 0.5, strategy: mean-reversion, universe: [BTC/USD, SOL/USD], sizing: {kind: quantity, quantity: 1}}
`
    expect(await said({ 'p.yaml': text })).toBe('fine')
    const { instruments, config } = await loadPortfolio(join(folder, 'p.yaml'))
    const facts = instruments.map(({ instrument: i }) => [
      i.id,
      i.index,
      i.unitsPerWhole,
      i.step,
      i.calendar,
      i.assetClass,
    ])
    expect(facts).toEqual([
      ['AAA', 0, 1_000_000, 1_000_000, 'nyse', 'equity'],
      ['FND', 1, 1_000_000, 1_000, 'nyse', 'equity'],
      ['BTC/USD', 2, 100_000_000, 1, 'continuous', 'crypto'],
      ['SOL/USD', 3, 1_000, 100, 'continuous', 'crypto'],
    ])
    expect(config.sleeves.map(({ calendar, periods }) => [calendar, periods])).toEqual([
      ['nyse', 252],
      ['continuous', 365],
    ])
  })
})

describe('a strategy of the user', () => {
  const strategy = `export const mine = {
  name: 'mine', parameters: { days: { kind: 'integer', default: 3, min: 1, max: 9 } },
  indicators: () => ({}), lookback: () => 0, start: () => ({}), decide: (view) => view.memory,
}
`
  const portfolio = (file: string, parameters = ''): string =>
    `${HEAD}${INSTRUMENTS}${sleeve(parameters).replace('mean-reversion', file)}`

  it.each(['./mine.js', './typed.ts'])('%s is loaded with its own parameters', async (file) => {
    const typed = strategy.replace('(view)', '(view: { readonly memory: unknown })')
    const files = { 'mine.js': strategy, 'typed.ts': typed, 'package.json': '{"type": "module"}' }
    const text = portfolio(file, '    parameters: {days: 4}\n')
    expect(await said({ ...files, 'p.yaml': text })).toBe('fine')
    const { config, strategies } = await loadPortfolio(join(folder, 'p.yaml'))
    expect(config.sleeves[0]).toMatchObject({ strategy: 'mine', parameters: { days: 4 } })
    expect(strategies.get('mine')?.name).toBe('mine')
    const wrong = await said({ ...files, 'p.yaml': portfolio(file, '    parameters: {days: 44}\n') })
    expect(wrong).toBe('p.yaml:12:24 sleeves[0].parameters.days: must be at most 9, was "44"')
  })
  it('that fails to load or exports none is refused with the reason', async () => {
    const broken = await said({ 'broken.js': 'throw new TypeError("no luck")\n', 'p.yaml': portfolio('./broken.js') })
    expect(broken).toMatch(
      /^p\.yaml:9:15 strategy "\.\/broken\.js" cannot be loaded: importing it failed at broken\.js:1:7: TypeError: no luck$/,
    )
    const none = await said({ 'none.js': 'export const x = 1\n', 'p.yaml': portfolio('./none.js') })
    expect(none).toMatch(/cannot be loaded: it exports x, none of them a strategy; export one made by defineStrategy$/)
  })
})
