import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { packageRoot } from '../../src/cli/package-root.ts'
import { STRATEGIES } from '../../src/pipeline/strategies/registry.ts'
import { STRATEGY_CONTRACT } from '../../src/research/contract/checks.ts'
import { command } from './command.ts'

// A stranger's folder: nothing is installed in it.
const folder = mkdtempSync(join(tmpdir(), 'polyfolio-strategies-'))
afterAll(() => rmSync(folder, { recursive: true }))

const run = (...args: readonly string[]) => command(folder, ['strategies', ...args])
const json = async (...args: readonly string[]) => JSON.parse((await run(...args, '--json')).out) as never

const BROKEN = "import { defineStrategy } from 'polyfolio'\nlet calls = 0\nexport const own = defineStrategy({\n"

describe('the guide', () => {
  const text = readFileSync(join(packageRoot(), 'docs', 'strategies.md'), 'utf8')
  const commands = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) => block!.trim().split('\n'))

  it('leads from nothing to a strategy that trades', async () => {
    expect(commands).toHaveLength(4)
    for (const line of commands) {
      const [program, ...args] = line.split(' ')
      expect(program).toBe('polyfolio')
      const { code, err, out } = await command(folder, args)
      expect({ line, code, err }).toEqual({ line, code: 0, err: '' })
      expect(out).not.toBe('')
    }
    const report = JSON.parse(readFileSync(join(folder, 'polyfolio-report', 'report.json'), 'utf8')) as {
      readonly sleeves: readonly { readonly name: string; readonly paused: unknown; readonly roundTrips: number }[]
    }
    const [own] = report.sleeves
    expect(own).toMatchObject({ name: 'dip_buyer', paused: null })
    expect(own!.roundTrips).toBeGreaterThanOrEqual(20)
  })
  it('shows rules that keep the contract', async () => {
    const rules = /```ts\n([\s\S]*?)```/.exec(text)![1]!
    mkdirSync(join(folder, 'guide'))
    writeFileSync(join(folder, 'guide', 'guide.ts'), rules)
    expect(await json('test', 'guide/guide.ts', '--isolation', 'none')).toMatchObject({ strategy: 'dips', failed: 0 })
  })
})

describe('strategies new', () => {
  it('writes JavaScript that passes its own tests and every check', async () => {
    expect((await run('new', 'plain-dips', '--js')).code).toBe(0)
    expect(readdirSync(join(folder, 'plain-dips')).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'README.md',
      'plain-dips.js',
      'plain-dips.test.js',
      'plain-dips.yaml',
    ])
    const { failed, checks } = (await json('test', 'plain-dips/plain-dips.js', '--isolation', 'none')) as {
      readonly failed: number
      readonly checks: readonly { readonly check: string; readonly result: string }[]
    }
    expect(failed).toBe(0)
    const names = [...STRATEGY_CONTRACT.map(({ name }) => name), 'passes its own tests']
    expect(checks).toEqual(names.map((check) => ({ check, result: 'pass', reason: null })))
  })
  it('never writes over what is there, and leaves nothing behind then', async () => {
    writeFileSync(join(folder, 'taken.test.ts'), 'mine')
    const { code, err } = await run('new', 'taken', '--dir', '.')
    expect({ code, err }).toEqual({
      code: 2,
      err: 'error: "taken.test.ts" cannot be written: it is there already; choose another name or --dir\n',
    })
    expect(existsSync(join(folder, 'taken.ts'))).toBe(false)
    expect(readFileSync(join(folder, 'taken.test.ts'), 'utf8')).toBe('mine')
  })
  it.each([
    ['../elsewhere', /must be lower-case words joined by hyphens/],
    ['Dips', /must be lower-case words joined by hyphens/],
    ['pairs', /"pairs" is that of a built-in strategy; take another/],
  ])('refuses the name %s', async (name, said) => {
    const { code, err } = await run('new', name)
    expect(code).toBe(2)
    expect(err).toMatch(said)
  })
})

describe('strategies test', () => {
  it('says what differs, on which bar, and ends with 1', async () => {
    const decide = 'decide: (view, out) => { calls += 1; if (calls % 7 === 0) out.enter(0, 1, "seventh"); return {} },'
    writeFileSync(join(folder, 'forgetful.js'), `${BROKEN}name: 'forgetful', parameters: {}, ${decide} })\n`)
    const { code, out } = await run('test', './forgetful.js')
    expect(code).toBe(1)
    expect(out).toMatch(/^FAIL {2}decides the same twice\n {6}bar \d+ decides \[.*\], but \[.*\]$/m)
    expect(out).toMatch(/^forgetful fails \d of \d+$/m)
  })
  it('finds that a test beside it fails, and types that do not fit', async () => {
    const rules = readFileSync(join(folder, 'plain-dips', 'plain-dips.js'), 'utf8')
    const wrong = rules
      .replace("enter(1, 'dip'", "enter(3, 'dip'")
      .replace('const average', "if (one.close > 0) throw new Error('far')\n    const average")
    writeFileSync(join(folder, 'wrong.ts'), wrong)
    writeFileSync(
      join(folder, 'wrong.test.ts'),
      "import { test } from 'node:test'\ntest('x', () => { throw new Error('no') })\n",
    )
    const { code, out } = await run('test', 'wrong.ts')
    expect(code).toBe(1)
    expect(out).toMatch(/^FAIL {2}its types fit\n {6}wrong\.ts:\d+:\d+ Argument of type '3' is not assignable/m)
    expect(out).toMatch(/^FAIL {2}passes its own tests$/m)
  })
  it('is not held up by a loop without end', async () => {
    writeFileSync(join(folder, 'endless.js'), `${BROKEN}name: 'endless', parameters: {}, decide() { for (;;) {} } })\n`)
    const { code, out } = await run('test', 'endless.js')
    expect(code).toBe(1)
    expect(out).toMatch(/^FAIL {2}wishes something .*\n {6}time budget: no answer within 5000 ms$/m)
    expect(out).toMatch(/^-- {4}decides the same twice$/m)
  })
  it('refuses what is no strategy', async () => {
    const { code, err } = await run('test', 'nowhere.js')
    expect(code).toBe(2)
    expect(err).toBe(
      'error: strategy "nowhere.js" cannot be used: no file "nowhere.js"; the name is relative to the file that names it\n',
    )
  })
})

describe('a run whose isolated strategy hangs', () => {
  it('is carried to its end, names sleeve and budget, and ends with 3', async () => {
    const rules = readFileSync(join(folder, 'plain-dips', 'plain-dips.js'), 'utf8')
    writeFileSync(
      join(folder, 'hangs.js'),
      rules.replace("out.enter(1, 'dip'", 'for (;;) {}\n      out.enter(1, "dip"'),
    )
    const file = readFileSync(join(folder, 'plain-dips', 'plain-dips.yaml'), 'utf8')
    writeFileSync(
      join(folder, 'hangs.yaml'),
      `${file.replace('plain-dips.js', 'hangs.js')}    budget: {milliseconds: 300}\n`,
    )
    for (const args of [
      ['demo', 'hangs.yaml', '--report'],
      ['compare', 'hangs.yaml', 'plain-dips/plain-dips.yaml'],
    ]) {
      const { code, err, out } = await command(folder, args)
      expect({ args, code }).toEqual({ args, code: 3 })
      expect(err).toMatch(
        /^error: sleeve "plain_dips" was paused on \d{4}-\d{2}-\d{2}: time budget: no answer within 300 ms; its positions are managed, it takes no new ones$/m,
      )
      expect(out).not.toBe('')
    }
  })
})

describe('strategies list and describe', () => {
  it('name every built-in strategy, each with a sentence, and the own ones of a portfolio and a folder as they are now', async () => {
    const { strategies, refused } = (await json('list', 'plain-dips/plain-dips.yaml')) as {
      readonly strategies: readonly {
        readonly name: string
        readonly source: string
        readonly summary: string | null
      }[]
      readonly refused: readonly unknown[]
    }
    expect(strategies.map(({ name }) => name)).toEqual([...STRATEGIES.map(({ name }) => name), 'plain-dips'])
    expect(strategies.filter(({ summary }) => summary === null)).toEqual([])
    expect(strategies.at(-1)?.source).toBe('plain-dips/plain-dips.js')
    expect(refused).toEqual([])
    const { out } = await run('list', 'guide')
    expect(out).toMatch(/^dips +guide\/guide\.ts +1 {2}buys a close 5 % below/m)
    writeFileSync(join(folder, 'guide', 'guide.ts'), 'export const decide = 3\n')
    expect((await run('list', 'guide')).out).toMatch(
      /^guide\/guide\.ts cannot be used: it exports decide, none of them a strategy/m,
    )
  })
  it('describe parameters with bounds, search ranges and indicators', async () => {
    expect(await json('describe', './dip-buyer.ts')).toMatchObject({
      name: 'dip-buyer',
      source: 'dip-buyer.ts',
      parameters: [
        { name: 'period', kind: 'integer', default: 20, min: 2, max: 200, search: [10, 60] },
        { name: 'distance', default: 0.03 },
        { name: 'stop', search: null },
      ],
      indicators: [{ name: 'average', key: 'sma(20)' }],
      lookback: 0,
    })
    const { out } = await run('describe', 'mean-reversion')
    expect(out).toMatch(/^mean-reversion \(built-in\)$/m)
    expect((await run('describe', 'mean-revresion')).err).toMatch(/did you mean "mean-reversion"\?/)
  })
})
