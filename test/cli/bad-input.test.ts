import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BacktestReport } from '../../src/api/contract/report.ts'
import { bar, priceFile, sessionDates } from '../fixtures/exits/bars.ts'
import { REPORT_FILES } from '../fixtures/report-files.ts'
import { command, commands, type Ended, start } from './command.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-bad-input-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const DATES = sessionDates('nyse', '2024-01-02', 100)
const BARS = DATES.map((_, index) => {
  const price = 100 + 10 * Math.sin(index / 6)
  return bar(price, price)
})
const PRICES = priceFile(DATES, BARS)
const [HEADER, ...ROWS] = PRICES.trimEnd().split('\n') as [string, ...string[]]

const PORTFOLIO = `name: Small
capital: 10000
sleeves:
  - {id: one, weight: 0.5, strategy: buy-and-hold, universe: [AAA], sizing: {kind: notional, amount: 3000}}
  - {id: two, weight: 0.5, strategy: sma-crossover, universe: [AAA], sizing: {kind: notional, amount: 2000}, parameters: {fast: 3, slow: 8}}
instruments: {AAA: {file: AAA.csv}}
`

/** A strategy file that does one thing on its 21st bar. */
const strategy = (name: string, act: string): string => `export const ${name} = {
  name: '${name}', parameters: {}, indicators: () => ({}), lookback: () => 0, start: () => ({ bars: 0 }),
  decide(view, out) {
    if (view.memory.bars === 2) out.enter(view.universe[0], 1, 'in')
    if (view.memory.bars === 20) { ${act} }
    return { bars: view.memory.bars + 1 }
  },
}
`

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text)
}

beforeAll(() => {
  mkdirSync(join(folder, 'data'))
  write('package.json', '{"type": "module"}')
  write('data/AAA.csv', PRICES)
  write('data/DATE.csv', `${HEADER}\n${ROWS.with(40, ROWS[40]!.replace('2024-', '2024-13-')).join('\n')}\n`)
  write('data/LATE.csv', `${HEADER}\n${ROWS.slice(60).join('\n')}\n`)
  write('data/EARLY.csv', `${HEADER}\n${ROWS.slice(0, 60).join('\n')}\n`)
  write('returns.csv', 'date,a\n2024-01-02,0.01\n2024-01-03,-0.01\n2024-01-04,0.02\n')
  write('syntax.js', 'export const x = {')
  write('empty.js', 'export const nothing = 1\n')
  write('p.yaml', PORTFOLIO)
})

/** What is wrong, the portfolio with it, and the whole of what must be said. */
const CONFIGURATIONS: readonly (readonly [string, string, string])[] = [
  [
    'unknown-key',
    PORTFOLIO.replace('capital:', 'captial:'),
    'unknown-key.yaml:2:1 unknown key "captial"; did you mean "capital"?',
  ],
  [
    'unknown-inside',
    PORTFOLIO.replace('fast: 3', 'fats: 3'),
    'unknown-inside.yaml:5:123 unknown key "fats"; did you mean "fast"?',
  ],
  [
    'external',
    PORTFOLIO.replace('id: one', 'id: external'),
    'external.yaml:4:10 sleeves[0].id: "external" is the sleeve of what an account holds that nobody here asked for; give this one another name',
  ],
  ['type', PORTFOLIO.replace('10000', 'lots'), 'type.yaml:2:10 capital: must be a number, was "lots"'],
  [
    'weights',
    PORTFOLIO.replace('weight: 0.5', 'weight: 0.6'),
    'weights.yaml:3:1 weights add up to 1.1, above 1; lower them or state "leverage:"',
  ],
  [
    'missing-file',
    PORTFOLIO.replace('AAA.csv', 'ZZZ.csv'),
    'missing-file.yaml:6:15 instruments.AAA.file: no file "ZZZ.csv" in the data folder; correct the name or the folder given by --data',
  ],
  [
    'volatility-file',
    `${PORTFOLIO}options:\n  underlyings:\n    AAA: {volatility: {from: index, file: IV.csv}}\n`,
    'volatility-file.yaml:9:43 options.underlyings.AAA.volatility.file: no file "IV.csv" in the data folder; correct the name or the folder given by --data',
  ],
  [
    'no-file',
    PORTFOLIO.replace('file: AAA.csv', 'kind: equity'),
    'no-file.yaml:6:15 instrument "AAA" names no file; add "file:" relative to the data folder',
  ],
  [
    'date',
    PORTFOLIO.replace('AAA.csv', 'DATE.csv'),
    '"DATE.csv" line 42: date "2024-13-02-29" cannot be read as a date that exists; correct the row',
  ],
  [
    'undeclared',
    PORTFOLIO.replace('[AAA]', '[AAA, BBB]'),
    'undeclared.yaml:4:68 sleeves[0].universe[1]: instrument "BBB" is not declared; known here: AAA',
  ],
  [
    'strategy',
    PORTFOLIO.replace('buy-and-hold', 'buy-and-hodl'),
    'strategy.yaml:4:38 strategy "buy-and-hodl" cannot be loaded: no built-in strategy has this name; did you mean "buy-and-hold"?; own ones are named as ./file.ts',
  ],
  [
    'strategy-file',
    PORTFOLIO.replace('buy-and-hold', './none.js'),
    'strategy-file.yaml:4:38 strategy "./none.js" cannot be loaded: no file "none.js"; the name is relative to the file that names it',
  ],
  [
    'sleeve-file',
    PORTFOLIO.replace(/ {2}- \{id: one.*/, '  - {use: none.yaml, weight: 0.5}'),
    'sleeve-file.yaml:4:11 sleeves.0.use: no file "none.yaml"; names are relative to sleeve-file.yaml',
  ],
  [
    'garbage',
    'name: [unclosed\n  capital: {{\n- x',
    'garbage.yaml:1:8 Implicit keys of flow sequence pairs need to be on a single line, at "unclosed"',
  ],
  ['empty', '', 'empty.yaml:1:1 the file holds no settings; see the presets for one to start from'],
]

/** Wrong command lines, with all that is said. */
const COMMAND_LINES: readonly (readonly [readonly string[], string])[] = [
  [
    ['backtest', 'none.yaml', '--data', 'data'],
    'error: no file "none.yaml"; check the path and the data folder given by --data\n',
  ],
  [['backtest', 'p.yaml', '--data', 'none'], 'error: no data folder "none"; give an existing one by --data\n'],
  [
    ['backtest', 'p.yaml', '--data', 'data', '--from', '2025-01-01'],
    'error: no prices from 2025-01-01 to 2024-05-23; the files reach from 2024-01-02 to 2024-05-23; choose days within them\n',
  ],
  [
    ['backtest', 'p.yaml', '--data', 'data', '--from', '2024-03-01', '--to', '2024-02-01'],
    'error: --from 2024-03-01 is after --to 2024-02-01; give the earlier day first\n',
  ],
  [
    ['backtest', 'p.yaml', '--data', 'data', '--form', '2024-01-01'],
    "error: unknown option '--form'\n(Did you mean --from?)\n(run with --help to see what is possible)\n",
  ],
  [
    ['backtest', 'p.yaml', '--data', 'data', '--from', '2023-02-29'],
    "error: option '--from <date>' argument '2023-02-29' is invalid. Write an existing date as YYYY-MM-DD.\n(run with --help to see what is possible)\n",
  ],
  [
    ['backtest', 'p.yaml', '--data', 'data', '--out', ''],
    "error: option '--out <folder>' argument '' is invalid. Name a folder.\n(run with --help to see what is possible)\n",
  ],
  [['metrics', '--returns', 'data'], 'error: "data" cannot be read: it is a folder; name a file in it\n'],
  [
    ['data', 'import', 'data/AAA.csv', '--out', 'p.yaml'],
    `error: "p.yaml" cannot be written: EEXIST: file already exists, mkdir 'p.yaml'\n`,
  ],
  [
    ['simulate', '--returns', 'returns.csv', '--paths', '100000000000', '--json'],
    'error: --paths asks for 100000000000 futures of 252 periods, above 100000000 together; lower one of them\n',
  ],
  [
    ['demo', '--from', '1999-01-01', '--json'],
    'error: --from 1999-01-01 is before the simulated market, which begins on 2001-02-04\n',
  ],
]

describe('wrong input', () => {
  it('in a configuration is said in one message with its place; nothing is written, exit 2', async () => {
    for (const [name, text] of CONFIGURATIONS) write(`${name}.yaml`, text)
    const ended = await commands(
      folder,
      CONFIGURATIONS.map(([name]) => ['backtest', `${name}.yaml`, '--data', 'data', '--out', `out/${name}`]),
    )
    const seen = ended.map((end, at) => [CONFIGURATIONS[at]![0], end])
    expect(seen).toEqual(CONFIGURATIONS.map(([name, , said]) => [name, { code: 2, out: '', err: `error: ${said}\n` }]))
    expect(existsSync(join(folder, 'out'))).toBe(false)
  })

  it('in a strategy file is said with the reason; nothing is written, exit 2', async () => {
    const names = ['syntax', 'empty']
    for (const name of names) write(`${name}-strategy.yaml`, PORTFOLIO.replace('buy-and-hold', `./${name}.js`))
    const ended = await commands(
      folder,
      names.map((name) => ['backtest', `${name}-strategy.yaml`, '--data', 'data', '--out', 'out']),
    )
    for (const [at, { code, out, err }] of ended.entries()) {
      expect({ code, out }).toEqual({ code: 2, out: '' })
      const start = `error: ${names[at]}-strategy.yaml:4:38 strategy "./${names[at]}.js" cannot be loaded: `
      expect(err.slice(0, start.length)).toBe(start)
      expect(err.trimEnd().split('\n')).toHaveLength(1)
    }
    expect(existsSync(join(folder, 'out'))).toBe(false)
  })

  it('on the command line is said with what to do; nothing is written, exit 2', async () => {
    const before = readdirSync(folder).sort()
    const ended = await commands(
      folder,
      COMMAND_LINES.map(([args]) => args),
    )
    const seen = ended.map((end, at) => [COMMAND_LINES[at]![0], end])
    expect(seen).toEqual(COMMAND_LINES.map(([args, said]) => [args, { code: 2, out: '', err: said }]))
    expect(readdirSync(folder).sort()).toEqual(before)
  })

  it('as a folder to write into leaves what stands there', async () => {
    write('a-file', 'mine')
    const { code, out, err } = await command(folder, ['backtest', 'p.yaml', '--data', 'data', '--out', 'a-file'])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/^error: "a-file" cannot be written: .*\n$/)
    expect(readFileSync(join(folder, 'a-file'), 'utf8')).toBe('mine')
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([])
  })
})

describe('a run that can be carried to its end', () => {
  const variants: Readonly<Record<string, string>> = {
    throws: PORTFOLIO.replace('buy-and-hold', './throws.js'),
    promises: PORTFOLIO.replace('buy-and-hold', './promises.js'),
    strays: PORTFOLIO.replace('buy-and-hold', './strays.js')
      .replace('instruments: {', 'instruments: {BBB: {file: AAA.csv}, ')
      .replace('sma-crossover, universe: [AAA]', 'sma-crossover, universe: [AAA, BBB]'),
    nonsense: PORTFOLIO.replace('buy-and-hold', './nonsense.js'),
    lists: PORTFOLIO.replace(
      '[AAA], sizing: {kind: notional, amount: 3000}',
      '[LATE, EARLY], sizing: {kind: notional, amount: 1000}',
    ).replace('instruments: {', 'instruments: {LATE: {file: LATE.csv}, EARLY: {file: EARLY.csv}, '),
    // a file written on another system, names from other scripts
    unicode: PORTFOLIO.replaceAll('AAA:', 'ÄÖ/基:')
      .replaceAll('[AAA]', '[ÄÖ/基]')
      .replace('Small', '"<b>基金 & Größe</b>"')
      .replaceAll('\n', '\r\n'),
  }
  const ended = new Map<string, Ended>()
  const reports = new Map<string, BacktestReport>()

  beforeAll(async () => {
    write('throws.js', strategy('throws', "throw new Error('no idea')"))
    write('promises.js', strategy('promises', 'return Promise.resolve({})'))
    // the other sleeve's instrument: columns are shared by the sleeves of a clock
    write('strays.js', strategy('strays', 'for (const column of [0, 1]) out.enter(column, 1, "elsewhere")'))
    write('nonsense.js', strategy('nonsense', 'out.enter(99, 1, "nowhere")'))
    const names = Object.keys(variants)
    for (const name of names) write(`${name}.yaml`, variants[name]!)
    const all = await commands(
      folder,
      names.map((name) => ['backtest', `${name}.yaml`, '--data', 'data', '--out', `runs/${name}`, '--json']),
    )
    for (const [at, name] of names.entries()) {
      ended.set(name, all[at]!)
      reports.set(name, JSON.parse(all[at]!.out) as BacktestReport)
    }
  })

  it.each([
    ['throws', 'no idea'],
    ['promises', 'decide returned a promise; it must answer at once'],
    ['nonsense', 'column'],
    ['strays', 'is not in the universe of this sleeve'],
  ])('pauses a sleeve that %s: exit 3, everything written, sleeve, bar and cause said', (name, cause) => {
    const { code, err } = ended.get(name)!
    const report = reports.get(name)!
    expect(code).toBe(3)
    expect(err).toMatch(
      /^error: sleeve "one" was paused on 2024-01-31: .*; its positions are managed, it takes no new ones\n$/,
    )
    expect(err).toContain(cause)
    const [one, two] = report.sleeves
    expect(one!.paused).toMatchObject({ at: '2024-01-31T21:00:00.000Z', tradeDate: '2024-01-31' })
    expect(one!.paused!.cause).toContain(cause)
    // the position that it took before is kept, and the other sleeve goes on trading
    expect(one!.positions).toBe(1)
    expect(two!.paused).toBeNull()
    expect(two!.roundTrips).toBe(name === 'strays' ? 6 : 3)
    expect(report.portfolio.end).toBe('2024-05-23')
    expect(report.invariants.violated).toEqual([])
    expect(report.invariants.checked['12 a faulty sleeve is paused, the others go on']).toBe(1)
    expect(readdirSync(join(folder, 'runs', name)).sort()).toEqual(REPORT_FILES)
    expect(readFileSync(join(folder, 'runs', name, 'report.html'), 'utf8')).toContain(cause)
  })

  it('takes an instrument that lists later and one that ends earlier, and says so', () => {
    const { code, err } = ended.get('lists')!
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const { notes, sleeves } = reports.get('lists')!
    expect(notes.some((note) => note.startsWith('LATE.csv: not yet listed until 2024-03-28'))).toBe(true)
    expect(sleeves[0]!.exits).toEqual({ 'no data after 2024-03-27: delisted, or the file ends': 1 })
    expect(sleeves[0]!.positions).toBe(1)
  })

  it('takes names of any script and files with Windows line ends', () => {
    const { code, err } = ended.get('unicode')!
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(reports.get('unicode')!.portfolio.name).toBe('<b>基金 & Größe</b>')
    const page = readFileSync(join(folder, 'runs/unicode/report.html'), 'utf8')
    expect(page).toContain('&lt;b&gt;基金 &amp; Größe')
    expect(page).not.toContain('<b>基金')
    expect(readFileSync(join(folder, 'runs/unicode/trades.csv'), 'utf8')).toContain('ÄÖ/基')
  })

  it('prints one JSON document and nothing else with --json', () => {
    for (const { out } of ended.values()) expect(JSON.stringify(JSON.parse(out), null, 2)).toBe(out.trimEnd())
  })
})

describe('a run that is killed while it writes', () => {
  it('leaves nothing in the target folder, and the next run is not in its way', async () => {
    const args = ['backtest', 'p.yaml', '--data', 'data', '--out', 'killed']
    const partial = (): string[] => readdirSync(folder).filter((name) => name.startsWith('.killed.partial'))
    let struck = false
    for (let attempt = 0; attempt < 12 && !struck; attempt += 1) {
      rmSync(join(folder, 'killed'), { recursive: true, force: true })
      const child = start(folder, args)
      const closed = new Promise((done) => child.on('close', done))
      // The files are made beside their place: the first sign of them is the moment to strike.
      const watcher = watch(folder, (_, name) => {
        if (name?.startsWith('.killed.partial') === true) child.kill('SIGKILL')
      })
      await closed
      watcher.close()
      struck = partial().length > 0
    }
    expect(struck).toBe(true)
    expect(existsSync(join(folder, 'killed'))).toBe(false)
    expect((await command(folder, args)).code).toBe(0)
    expect(readdirSync(join(folder, 'killed')).sort()).toEqual(REPORT_FILES)
  })
})
