import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { builtModule } from '../../test/built.ts'
import { REPORT_FILES } from '../../test/fixtures/report-files.ts'
import { packageRoot, packageVersion } from './package-root.ts'

const root = packageRoot()
const folder = mkdtempSync(join(tmpdir(), 'polyfolio-main-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs the command line as a user does. */
function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [builtModule('src/cli/main.ts'), ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, POLYFOLIO_DEBUG: '', ...environment },
    maxBuffer: 1e9,
  })
  return { code: status, out: stdout, err: stderr.replace(/^.*ExperimentalWarning.*\n/gm, '') }
}
function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

/** A small market: one stock that rises and falls, on the sessions of January to June 2024. */
function prices(): string {
  const rows = ['date,open,high,low,close,volume']
  const start = Date.UTC(2024, 0, 2)
  for (let day = 0; day < 170; day += 1) {
    const date = new Date(start + day * 86_400_000)
    const closed = ['2024-01-15', '2024-02-19', '2024-03-29', '2024-05-27', '2024-06-19']
    const text = date.toISOString().slice(0, 10)
    if (date.getUTCDay() % 6 === 0 || closed.includes(text)) continue
    const price = (100 + 10 * Math.sin(day / 6)).toFixed(2)
    rows.push(`${text},${price},${price},${price},${price},1000000`)
  }
  return `${rows.join('\n')}\n`
}
const portfolio = (strategy: string): string => `name: Small
capital: 10000
sleeves:
  - {id: one, weight: 0.5, strategy: ${strategy}, universe: [AAA], sizing: {kind: notional, amount: 3000}}
  - {id: two, weight: 0.5, strategy: sma-crossover, universe: [AAA], sizing: {kind: notional, amount: 2000}, parameters: {fast: 3, slow: 8}}
instruments: {AAA: {file: AAA.csv}}
`

describe('the command line', () => {
  it('says its version and what it can do', () => {
    expect(run(['--version']).out.trim()).toBe(packageVersion())
    const help = run(['--help'])
    expect(help.code).toBe(0)
    for (const name of ['backtest', 'demo', 'config', 'data', 'net', 'metrics', 'screen'])
      expect(help.out).toContain(name)
  })
  it.each([
    [['bactest'], "unknown command 'bactest'\n(Did you mean backtest?)"],
    [['backtest', 'p.yaml', '--data', '.', '--form', '2024-01-01'], "unknown option '--form'\n(Did you mean --from?)"],
    [['backtest', 'p.yaml', '--data', '.', '--from', '2024-02-30'], 'Write an existing date as YYYY-MM-DD.'],
    [['backtest', 'p.yaml'], "required option '--data <folder>' not specified"],
    [['backtest', 'p.yaml', '--data', './none'], 'no data folder "./none"; give an existing one by --data'],
    [['config', 'check', './none.yaml'], 'no file "./none.yaml"'],
    [['metrics', '--returns', './none.csv'], 'no file "none.csv"'],
    [['metrics', '--returns', 'x.csv', '--periods', '0'], 'Write a whole number above 0.'],
    [
      ['demo', '--from', '2024-02-01', '--to', '2024-01-01'],
      '--from 2024-02-01 is after --to 2024-01-01; give the earlier day first',
    ],
  ])('refuses %j with exit 2, nothing on stdout and what to do', (args, said) => {
    const { code, out, err } = run(args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(said)
  })
  it('prints one JSON document and nothing else', () => {
    const returns = file('returns.csv', 'date,a\n2024-01-02,0.01\n2024-01-03,-0.02\n2024-01-04,0.03\n')
    const { code, out, err } = run(['metrics', '--returns', returns, '--json'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const values = JSON.parse(out) as Readonly<Record<string, number | null>>
    expect(values['n']).toBe(3)
    expect(values['cum_return']).toBeCloseTo(1.01 * 0.98 * 1.03 - 1, 12)
    expect(values['beta']).toBeNull()
  })
  it('ends quietly when its reader goes away', () => {
    // Two characters are read and the rest is left in the pipe.
    file(
      'two.cjs',
      'const two = Buffer.alloc(2); require("fs").readSync(0, two, 0, 2, null); process.stdout.write(two)',
    )
    const reader = `"${process.execPath}" "${join(folder, 'two.cjs')}"`
    const command = `"${process.execPath}" "${builtModule('src/cli/main.ts')}" config schema | ${reader}`
    const { stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: root, encoding: 'utf8' })
    expect({ stdout, stderr }).toEqual({ stdout: '{\n', stderr: '' })
  })
  it('nets a scenario as the engine does', () => {
    const scenario = file(
      'scenario.json',
      JSON.stringify({
        strategies: { A: { cash: '1000' }, B: { cash: '1000' } },
        bars: [
          {
            t: 'd1',
            prices: { X: '10' },
            intents: [
              { strategy: 'A', symbol: 'X', qty: '50' },
              { strategy: 'B', symbol: 'X', qty: '-20' },
            ],
          },
        ],
      }),
    )
    const { out } = run(['net', scenario, '--json'])
    const [bar] = (JSON.parse(out) as { readonly bars: readonly Record<string, unknown>[] }).bars
    expect(bar).toMatchObject({ t: 'd1', orders: [{ symbol: 'X', side: 'buy', qty: '30' }], crosses: { X: '20' } })
    const broken = run(['net', file('broken.json', '{"strategies": {}, "bars": [{"t": "d1"}]}')])
    expect(broken).toMatchObject({ code: 2, out: '', err: 'error: "broken.json": bars[0].prices is missing; add it\n' })
  })
})

describe('a backtest from the command line', () => {
  it('writes ten files, the same bytes each time, and prints the document that it wrote', () => {
    file('AAA.csv', prices())
    const config = file('p.yaml', portfolio('buy-and-hold'))
    const once = run(['backtest', config, '--data', folder, '--out', join(folder, 'once'), '--json'])
    expect({ code: once.code, err: once.err }).toEqual({ code: 0, err: '' })
    const again = run(['backtest', config, '--data', folder, '--out', join(folder, 'again'), '--json'])
    expect(again.out.replaceAll('again', 'once')).toBe(once.out)
    const names = readdirSync(join(folder, 'once')).sort()
    expect(names).toEqual(REPORT_FILES)
    for (const name of names) {
      expect(readFileSync(join(folder, 'again', name)).equals(readFileSync(join(folder, 'once', name)))).toBe(true)
    }
    const report = JSON.parse(once.out) as Record<string, never> & {
      readonly portfolio: { readonly initial: number; readonly final: number }
      readonly sleeves: readonly { readonly name: string; readonly final: number }[]
      readonly invariants: { readonly violated: readonly string[] }
    }
    expect(report.portfolio.initial).toBe(10_000)
    const sum = report.sleeves.reduce((total, sleeve) => total + sleeve.final, 0)
    expect(sum).toBeCloseTo(report.portfolio.final, 6)
    expect(report.invariants.violated).toEqual([])
    const page = readFileSync(join(root, 'docs', 'cli.md'), 'utf8')
    const described = new Set(page.match(/\w+/g))
    expect([...fieldsOf(report)].filter((key) => !described.has(key))).toEqual([])
  })
  it('pauses a sleeve whose strategy throws, writes everything and ends with 3', () => {
    file('AAA.csv', prices())
    file('package.json', '{"type": "module"}')
    file(
      'throws.js',
      `export const throws = { name: 'throws', parameters: {}, indicators: () => ({}), lookback: () => 0, start: () => ({ bars: 0 }),
  decide(view) { if (view.memory.bars === 20) throw new Error('no idea'); return { bars: view.memory.bars + 1 } } }\n`,
    )
    const config = file('throws.yaml', portfolio('./throws.js'))
    const { code, out, err } = run(['backtest', config, '--data', folder, '--out', join(folder, 'thrown'), '--json'])
    expect(code).toBe(3)
    expect(err).toMatch(
      /^error: sleeve "one" was paused on 2024-01-31: .*no idea.*; its positions are managed, it takes no new ones\n$/,
    )
    expect(readdirSync(join(folder, 'thrown'))).toHaveLength(10)
    const { sleeves } = JSON.parse(out) as {
      readonly sleeves: readonly { readonly name: string; readonly paused: unknown }[]
    }
    expect(sleeves[0]).toMatchObject({ name: 'one', paused: { tradeDate: '2024-01-31' } })
  })
  it('leaves nothing behind when its input is wrong', () => {
    file('AAA.csv', prices())
    const out = join(folder, 'never')
    const config = file('wrong.yaml', portfolio('buy-and-hold').replace('AAA.csv', 'BBB.csv'))
    const missing = run(['backtest', config, '--data', folder, '--out', out])
    expect(missing).toMatchObject({ code: 2, out: '' })
    expect(missing.err).toMatch(
      /wrong\.yaml:6:15 instruments\.AAA\.file: no file "BBB\.csv" in the data folder; correct the name/,
    )
    const outside = run([
      'backtest',
      file('p.yaml', portfolio('buy-and-hold')),
      '--data',
      folder,
      '--out',
      out,
      '--from',
      '2030-01-01',
    ])
    expect(outside).toMatchObject({ code: 2, out: '' })
    expect(outside.err).toContain('no prices from 2030-01-01')
    expect(existsSync(out)).toBe(false)
  })
})

/** Names of fields; the keys of counts by name (exits, invariants, parity) are no fields. */
function fieldsOf(value: unknown, found = new Set<string>(), parent = ''): ReadonlySet<string> {
  if (Array.isArray(value)) for (const item of value) fieldsOf(item, found, parent)
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (['exits', 'checked', 'parity'].includes(parent)) continue
      found.add(key)
      fieldsOf(inner, found, key)
    }
  }
  return found
}
