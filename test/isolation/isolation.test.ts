import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BUDGET } from '../../src/cli/isolation/protocol.ts'
import { packageRoot } from '../../src/cli/package-root.ts'
import { simulatedMarketData } from '../../src/cli/run.ts'
import { tradeDate } from '../../src/domain/sessions.ts'
import type { RunResult, SleeveResult } from '../../src/engine/records/result.ts'
import { type RunInput, runBacktest } from '../../src/engine/run/run.ts'
import { STRATEGY_CONTRACT } from '../../src/research/contract/checks.ts'
import { importBuilt } from '../built.ts'

// Threads are started from what was built: from source each would read all of the product's TypeScript first.
const { loadPortfolio } = await importBuilt<typeof import('../../src/cli/config/load.ts')>('src/cli/config/load.ts')
const { isolatedStrategy } =
  await importBuilt<typeof import('../../src/cli/isolation/isolate.ts')>('src/cli/isolation/isolate.ts')

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-isolation-'))
afterAll(() => rmSync(folder, { recursive: true }))

const SPAN = { from: tradeDate(20_230_101), to: tradeDate(20_230_630) }

async function inputOf(file: string, span = SPAN): Promise<RunInput> {
  const loaded = await loadPortfolio(file)
  const market = simulatedMarketData(loaded, 26, span)
  return { config: loaded.config, market, strategies: [...loaded.strategies.values()], checks: true }
}

/** The same run with every strategy in a thread of its own. */
function apart(input: RunInput): RunInput {
  const strategies: RunInput['strategies'][number][] = []
  const sleeves = input.config.sleeves.map((sleeve) => {
    if (sleeve.strategy === null) return sleeve
    const isolatedAs = `${sleeve.strategy} of ${sleeve.id}`
    strategies.push(isolatedStrategy({ name: sleeve.strategy }, BUDGET, () => isolatedAs).strategy)
    return { ...sleeve, isolatedAs }
  })
  return { ...input, config: { ...input.config, sleeves }, strategies }
}

/** A result without what a configuration is called. */
const plain = (result: RunResult): unknown => JSON.parse(JSON.stringify({ ...result, config: null }))

describe('a healthy strategy in a thread of its own', () => {
  it.each(['channels', 'momentum-reversion-trend'])('decides bit for bit as in the kernel: %s', async (preset) => {
    const input = await inputOf(join(packageRoot(), 'presets', `${preset}.yaml`))
    const within = runBacktest(input)
    const result = runBacktest(apart(input))
    expect(within.trades.length).toBeGreaterThan(5)
    expect(result.sleeves.map(({ paused }) => paused)).toEqual(within.sleeves.map(() => null))
    expect(plain(result)).toEqual(plain(within))
  })
  it('decides the same beside threads that take the machine away', async () => {
    const input = await inputOf(join(packageRoot(), 'presets', 'momentum-reversion-trend.yaml'))
    const within = runBacktest(input)
    const busy = Array.from({ length: 3 }, () => new Worker('for (;;) {}', { eval: true }))
    try {
      const result = runBacktest(apart(input))
      expect(result.sleeves.map(({ paused }) => paused)).toEqual(within.sleeves.map(() => null))
      expect(plain(result)).toEqual(plain(within))
    } finally {
      for (const worker of busy) await worker.terminate()
    }
  })
  it('keeps the contract, restarts and memory included', () => {
    const { strategy } = isolatedStrategy({ name: 'mean-reversion' }, BUDGET, (own) => own)
    const checks = STRATEGY_CONTRACT.filter(({ name: check }) => !check.startsWith('does not look ahead'))
    expect(checks.map(({ name: check, problem }) => [check, problem(strategy)])).toEqual(
      checks.map(({ name: check }) => [check, null]),
    )
  })
})

const GOOD_BARS = 40

/** A strategy that trades soundly for some bars, and then does something else. */
const text = (then: string, head = ''): string => `
import { defineStrategy, integer } from 'polyfolio'
${head}
export const own = defineStrategy({
  name: 'own-rules',
  parameters: {},
  start: () => ({ bar: 0 }),
  decide(view, out) {
    const bar = view.memory.bar + 1
    const column = view.universe[bar % view.universe.length]
    if (bar > ${GOOD_BARS}) { ${then} }
    if (bar % 5 === 0) out.enter(column, 1, 'fifth')
    if (bar % 5 === 3) out.exit(column, 'third')
    return { bar }
  },
})
`

const INSTRUMENTS = ['AAA', 'BBB', 'CCC']
const simulated = (name: string): string =>
  `  ${name}: {file: ${name}.csv, kind: equity, simulation: {price: 60, volatility: 0.3, average_volume: 2000000}}\n`

function portfolio(name: string, strategy: string, rest: string, shadows = ''): string {
  const file = join(folder, `${name}.yaml`)
  const common = 'universe: [AAA, BBB, CCC], sizing: {kind: notional, amount: 4000}'
  writeFileSync(
    file,
    `name: two\ncapital: 100000\n${shadows}instruments:\n${INSTRUMENTS.map(simulated).join('')}sleeves:
  - {id: sound, weight: 0.5, strategy: sma-crossover, parameters: {fast: 3, slow: 8}, ${common}}
  - {id: own, weight: 0.4, strategy: ./${strategy}, ${common}${rest}}
`,
  )
  return file
}

let files = 0
async function runOf(then: string, rest: string, head = ''): Promise<RunResult> {
  files += 1
  writeFileSync(join(folder, `own-${files}.js`), text(then, head))
  return runBacktest(await inputOf(portfolio(`p${files}`, `own-${files}.js`, rest)))
}

const sleeveOf = (result: RunResult, id: string): SleeveResult => result.sleeves.find((sleeve) => sleeve.id === id)!

const BUDGETED = ', isolation: worker, budget: {milliseconds: 200, megabytes: 64}'
/** For those that no clock ends, however slow the machine is. */
const UNHURRIED = ', isolation: worker, budget: {milliseconds: 20000, megabytes: 64}'
/** Every way out, and what the report says of it. */
const FAULTS: readonly (readonly [string, string, RegExp])[] = [
  ['never ends', 'for (;;) {}', /^time budget: no answer within 200 ms$/],
  ['sleeps', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)', /^time budget: no answer within 200 ms$/],
  ['asks without end', "for (;;) view.ago('none', column, 0)", /is not declared by|^time budget/],
  [
    'takes all memory',
    'const all = []; for (;;) all.push(new Array(1000).fill(bar))',
    /^memory budget: needs more than 64 MB$/,
  ],
  ['keeps large buffers', 'kept.push(new Uint8Array(4e7).fill(1))', /^memory budget: needs more than 64 MB$/],
  ['ends the process', 'process.exit(0)', /^exit: it ended its own thread with code 0$/],
  ['throws', "throw new Error('broken')", /^broken$/],
  ['throws what is no error', "throw 'broken'", /^broken$/],
  ['calls itself without end', 'const f = () => f() + 1; f()', /^Maximum call stack size exceeded$/],
  ['returns a promise', 'return Promise.resolve({ bar })', /^decide returned a promise; it must answer at once$/],
  ['leaves a promise that fails', "Promise.reject(new Error('late'))", /^a promise of its own failed: late$/],
  ['returns nothing', 'return', /^decide returned no memory object$/],
  ['remembers a function', 'return { bar, then() {} }', /^decide returned a promise/],
  [
    'remembers too much',
    "return { bar, all: 'x'.repeat(70000) }",
    /^its memory holds 70\d\d\d bytes, more than 65536$/,
  ],
  ['remembers what is no data', 'return { bar, at: new Date(0) }', /^memory\.at is a Date; memory is plain data$/],
  ['wishes for NaN', "out.target(column, NaN, 'NaN')", /^a wish of "NaN" is no quantity$/],
  ['wishes by a function', "out.enter(column, 1, () => 'why')", /^what it says is no plain data: /],
  ['wishes for what it does not trade', "out.exit(99, 'none')", /^column must be below 3, was "99"$/],
]

describe('beside shadows', () => {
  const shadows = 'shadows: true\n'
  it('decides bit for bit as in the kernel, for the sleeve and its shadow', async () => {
    writeFileSync(join(folder, 'beside.js'), text('return { bar }'))
    const within = runBacktest(await inputOf(portfolio('within', 'beside.js', '', shadows)))
    const result = runBacktest(await inputOf(portfolio('apart', 'beside.js', ', isolation: worker', shadows)))
    expect(within.shadows.map(({ trades }) => trades > 0)).toEqual([true, true])
    expect(plain(result)).toEqual(plain(within))
  })
  it('ends for both where it hangs', async () => {
    writeFileSync(join(folder, 'hangs.js'), text('for (;;) {}'))
    const result = runBacktest(await inputOf(portfolio('hangs', 'hangs.js', BUDGETED, shadows)))
    expect(sleeveOf(result, 'own').paused?.cause).toBe('time budget: no answer within 200 ms')
    expect(result.invariants.violated).toEqual([])
  })
})

describe('isolation in a portfolio file', () => {
  const refusal = async (rest: string, strategy = 'sound.js'): Promise<string> => {
    writeFileSync(join(folder, 'sound.js'), text('return { bar }'))
    return loadPortfolio(portfolio('refused', strategy, rest)).then(
      () => 'fine',
      (cause: Error) => cause.message,
    )
  }
  it('gives every sleeve of one file a copy of its own, known by its own name', async () => {
    writeFileSync(join(folder, 'sound.js'), text('return { bar }'))
    const file = portfolio('several', 'sound.js', ', isolation: worker')
    writeFileSync(
      file,
      `${readFileSync(file, 'utf8')}  - {id: other, weight: 0.1, strategy: ./sound.js, universe: [AAA], sizing: {kind: quantity, quantity: 1}, isolation: worker}\n`,
    )
    const { config, strategies } = await loadPortfolio(file)
    expect(config.sleeves.flatMap(({ id, strategy }) => (strategy === 'own-rules' ? [id] : []))).toEqual([
      'own',
      'other',
    ])
    expect([...strategies.keys()]).toEqual(['sma-crossover', 'own-rules of own', 'own-rules of other'])
  })
  it('has a budget only where there is isolation, and both only where there is a strategy', async () => {
    expect(await refusal(', budget: {megabytes: 128}')).toMatch(
      /budget: is that of an isolated strategy; add "isolation: worker" or remove it$/,
    )
    expect(await refusal(', isolation: worker, budget: {megabytes: 3}')).toMatch(
      /budget\.megabytes: must be at least 64, was "3"$/,
    )
    expect(await refusal(', isolation: thread')).toMatch(/isolation: must be .*, was "thread"/)
    const reserve = '  - {id: rest, weight: 0.1, isolation: worker}\n'
    const file = portfolio('reserve', 'sound.js', '')
    writeFileSync(file, readFileSync(file, 'utf8') + reserve)
    await expect(loadPortfolio(file)).rejects.toThrow(
      /isolation: belongs to a strategy; name one under "strategy:" or remove it$/,
    )
  })
  it('refuses a file that hangs or crashes when it is imported, and indicators that do not cross', async () => {
    writeFileSync(join(folder, 'leaves.js'), 'process.exit(3)\n')
    expect(await refusal(', isolation: worker', 'leaves.js')).toMatch(
      /cannot be loaded: exit: it ended its own thread with code 3$/,
    )
    const rules = text('return { bar }').replace(
      'start:',
      "indicators: () => ({ mine: { key: 'mine(3)', outputs: [''], create() {} } }),\n  start:",
    )
    writeFileSync(join(folder, 'mine.js'), rules)
    expect(await refusal(', isolation: worker', 'mine.js')).toMatch(
      /indicator "mine" is none of polyfolio's; in isolation/,
    )
    expect(await refusal('', 'mine.js')).toBe('fine')
  })
})

describe('a strategy in a thread of its own that', () => {
  let quiet: RunResult
  beforeAll(async () => {
    quiet = await runOf('return { bar }', '')
  })

  it.each(FAULTS)('%s is paused alone, with the cause', async (_, then, cause) => {
    const budget = cause.source.includes('time budget') ? BUDGETED : UNHURRIED
    const result = await runOf(then, budget, 'const kept = []')
    const { paused } = sleeveOf(result, 'own')
    expect(paused?.cause).toMatch(cause)
    expect(result.violations.filter(({ rule }) => rule === 'sleeveFault')).toHaveLength(1)
    expect(sleeveOf(result, 'sound').paused).toBeNull()
    // From the fault on it wishes nothing: to the other sleeve it is as if it had fallen silent.
    expect(JSON.stringify(sleeveOf(result, 'sound'))).toBe(JSON.stringify(sleeveOf(quiet, 'sound')))
    expect(result.trades.filter(({ sleeve }) => sleeve === 'sound')).toEqual(
      quiet.trades.filter(({ sleeve }) => sleeve === 'sound'),
    )
    expect(result.invariants.violated).toEqual([])
  })
})
