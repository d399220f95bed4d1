import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  configsActivate,
  configsDeactivate,
  configsExport,
  configsImport,
  configsList,
  configsPromote,
  configsRetire,
  configsShow,
} from '../../src/cli/commands/configs.ts'
import { loadPortfolio } from '../../src/cli/config/load.ts'
import { activeOnes, tradingOnes } from '../../src/cli/configurations/stages.ts'
import { keyOf, readStore, updateStore } from '../../src/cli/configurations/store.ts'
import { marketOfPast } from '../../src/cli/market/past.ts'
import { progressBar } from '../../src/cli/output.ts'
import { pastOf } from '../../src/cli/run.ts'
import { addDays, startOfDay, tradeDate } from '../../src/domain/sessions.ts'
import type { IntentSink, View } from '../../src/domain/strategy.ts'
import { type RunInput, runBacktest } from '../../src/engine/run/run.ts'
import { defineStrategy } from '../../src/pipeline/strategies/define.ts'
import { builtModule } from '../built.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-configurations-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'store.json')
const preset = join(import.meta.dirname, '../../presets/lifecycle.yaml')

type Row = Readonly<Record<string, unknown>>

const row = (id: string, more: Row = {}): Row => ({
  id,
  version: 1,
  strategy_name: 'liquidity-sweep',
  pair: 'BTC/USDT',
  timeframe: '1h',
  lifecycle_stage: 'DISCOVERY',
  is_active: true,
  parameters: { period: 30 },
  performance: { trades: 40, gross_win_rate: 0.5 },
  validation: { sharpe_ratio: 1 },
  created: '2024-01-02',
  ...more,
})

function write(rows: readonly Row[], at = file): void {
  writeFileSync(at, JSON.stringify({ format: 'polyfolio.configurations', version: 1, configurations: rows }, null, 2))
}

const stored = () => readStore(file).store.configurations

/** What a command prints. */
async function said(work: () => void | Promise<void>): Promise<string> {
  const lines: string[] = []
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(String(text))
    return true
  })
  try {
    await work()
  } finally {
    spy.mockRestore()
  }
  return lines.join('')
}

function refusal(work: () => unknown): string {
  try {
    work()
  } catch (cause) {
    return (cause as Error).message.replaceAll(`${folder}/`, '')
  }
  return 'fine'
}

beforeEach(() => rmSync(file, { force: true }))

describe('which configurations trade', () => {
  it('are the active ones that are not on paper: by stage, within a stage by the Sharpe ratio of validation', async () => {
    const of = (id: string, stage: string, sharpe: number, active = true): Row =>
      row(id, { lifecycle_stage: stage, is_active: active, validation: { sharpe_ratio: sharpe } })
    write([
      of('decays', 'DECAY', 3),
      of('paper', 'PAPER', 4),
      of('found', 'DISCOVERY', 0.5),
      of('proven', 'MATURE', 1.8),
      of('off', 'MATURE', 9, false),
      of('best', 'MATURE', 2.1),
      of('valid', 'VALIDATION', 2.5),
    ])
    const order = ['best', 'proven', 'valid', 'found', 'decays']
    expect(tradingOnes(stored()).map(({ id }) => id)).toEqual(order)
    expect(activeOnes(stored()).map(({ id }) => id)).toEqual([...order, 'paper'])
    const listed = (await said(() => configsList({ file }))).split('\n').slice(1, 8)
    expect(listed.map((line) => line.split('@')[0])).toEqual([...order, 'paper', 'off'])
    expect(listed[5]).toContain('shadow only')
  })
})

describe('a store', () => {
  it.each([
    ['an unknown key', [row('a', { sharp: 1 })], /store\.json:\d+:\d+ unknown key "sharp"/],
    [
      'a stage that does not exist',
      [row('a', { lifecycle_stage: 'RIPE' })],
      /store\.json:11:\d+ configurations\[0\]\.lifecycle_stage: must be one of/,
    ],
    [
      'a version given twice',
      [row('a'), row('a')],
      /configurations\[1\]\.version: "a@1" is there already; give another version/,
    ],
    [
      'two active versions',
      [row('a'), row('a', { version: 2 })],
      /configurations\[1\]\.is_active: is true, but "a@1" is active already/,
    ],
    ['a day that does not exist', [row('a', { created: '2023-02-31' })], /\.created: must be a day that exists/],
    ['an active one that is retired', [row('a', { retired: '2024-02-01' })], /is true of one that is retired/],
    [
      'a win rate in percent',
      [row('a', { performance: { trades: 1, gross_win_rate: 68 } })],
      /store\.json:\d+:\d+ configurations\[0\]\.performance\.gross_win_rate: must be/,
    ],
  ])('with %s is refused with file and line', (_, rows, reason) => {
    write(rows)
    expect(refusal(() => readStore(file))).toMatch(reason)
  })

  it('is JSON, not YAML', () => {
    writeFileSync(file, '{"format": "polyfolio.configurations",\n "version": 1,\n "configurations": [],}\n')
    expect(refusal(() => readStore(file))).toMatch(/^store\.json:3:\d+ is no JSON/)
  })

  it('is refused to a second writer while the first one lives, and taken over from one that died', () => {
    write([row('a')])
    writeFileSync(`${file}.lock`, String(process.pid))
    expect(refusal(() => configsDeactivate('a', { file }))).toBe(
      `"store.json" is being written by process ${process.pid}; try again when it is done`,
    )
    writeFileSync(`${file}.lock`, '999999999')
    expect(refusal(() => updateStore(file, (store) => ({ store: { ...store, configurations: [] }, result: 0 })))).toBe(
      'fine',
    )
    expect([stored().length, existsSync(`${file}.lock`)]).toEqual([0, false])
  })

  it('is whole after whoever wrote it was killed, and can be written again', async () => {
    write([row('a')])
    const script = join(folder, 'writer.mjs')
    const store = builtModule('src/cli/configurations/store.ts')
    writeFileSync(
      script,
      `import { updateStore } from ${JSON.stringify(store)}
for (let turn = 0; ; turn += 1) {
  updateStore(${JSON.stringify(file)}, (store) => {
    const [first] = store.configurations
    const many = Array.from({ length: 60 }, (_, at) => ({ ...first, id: at === 0 ? first.id : 'x' + at, title: 'turn ' + turn }))
    return { store: { ...store, configurations: many }, result: 0 }
  })
  if (turn === 2) process.stdout.write('writing')
}
`,
    )
    for (let kill = 0; kill < 3; kill += 1) {
      const child = spawn(process.execPath, [script])
      const ended = once(child, 'close')
      await Promise.race([once(child.stdout, 'data'), ended.then(() => Promise.reject(new Error('the writer ended')))])
      for (let wait = 0; wait < 7 * kill; wait += 1) await new Promise((next) => setTimeout(next, 1))
      child.kill('SIGKILL')
      await ended
      expect(stored()).toHaveLength(60)
      expect(new Set(stored().map(({ title }) => title)).size).toBe(1)
    }
    configsDeactivate('a', { file })
    expect(stored()[0]!.is_active).toBe(false)
  })

  it('keeps its old document, and says so, where the disk takes only a part of the new one', async () => {
    write([row('a', { title: 'x'.repeat(4_000) })])
    const before = readFileSync(file, 'utf8')
    const store = builtModule('src/cli/configurations/store.ts')
    const script = join(folder, 'short.mjs')
    writeFileSync(
      script,
      `import { updateStore } from ${JSON.stringify(store)}
try {
  updateStore(${JSON.stringify(file)}, (store) => ({ store: { ...store, configurations: [...store.configurations] }, result: 0 }))
} catch (cause) {
  process.stdout.write(cause.message)
}
`,
    )
    const line = `ulimit -f 2; exec "$0" "$1"`
    const child = spawn('sh', ['-c', line, process.execPath, script])
    let text = ''
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString()
    })
    await once(child, 'close')
    expect(text).toMatch(/store\.json" cannot be written: EFBIG/)
    expect(readFileSync(file, 'utf8')).toBe(before)
    expect(existsSync(`${file}.partial`)).toBe(false)
  })

  it('is one, under one lock, by whichever name it is called', () => {
    write([row('a')])
    const link = join(folder, 'link.json')
    symlinkSync(file, link)
    configsDeactivate('a', { file: link })
    expect([stored()[0]!.is_active, lstatSync(link).isSymbolicLink()]).toEqual([false, true])
    writeFileSync(`${file}.lock`, String(process.pid))
    expect(refusal(() => configsActivate('a', { file: link }))).toContain('is being written by process')
    rmSync(`${file}.lock`)
    rmSync(link)
  })

  it('may begin with the mark of its encoding', () => {
    write([row('a')])
    writeFileSync(file, `\uFEFF${readFileSync(file, 'utf8')}`)
    expect(stored()).toHaveLength(1)
  })
})

describe('polyfolio configs', () => {
  it('promotes one stage at a time, where validation allows it, and keeps the history', () => {
    write([
      row('a', { validation: { sharpe_ratio: 1, trades: 30, probabilistic_sharpe: 0.91 } }),
      row('b', { validation: { sharpe_ratio: 1, trades: 29, probabilistic_sharpe: 0.9 } }),
      row('c', {
        lifecycle_stage: 'VALIDATION',
        validation: { sharpe_ratio: 1, trades: 100, days: 89, deflated_sharpe: 0.96 },
      }),
    ])
    configsPromote('a', { file })
    expect(stored()[0]).toMatchObject({
      lifecycle_stage: 'VALIDATION',
      history: [{ from: 'DISCOVERY', to: 'VALIDATION', forced: false }],
    })
    expect(refusal(() => configsPromote('a', { file }))).toMatch(
      /"a@1" is not yet MATURE: 30 round trips of 100; 0 days on paper or live of 90; no deflated Sharpe/,
    )
    expect(refusal(() => configsPromote('b', { file }))).toMatch(
      /29 round trips of 30; probabilistic Sharpe ratio 0.9, it must be above 0.9/,
    )
    expect(refusal(() => configsPromote('c', { file }))).toMatch(
      /not yet MATURE: 89 days on paper or live of 90; overrule/,
    )
    expect(refusal(() => configsPromote('c', { file, force: true }))).toMatch(/--force needs a reason/)
    configsPromote('c', { file, force: true, note: 'a day short' })
    expect(stored()[2]).toMatchObject({ lifecycle_stage: 'MATURE', history: [{ forced: true, note: 'a day short' }] })
    expect(refusal(() => configsPromote('c', { file }))).toMatch(/is MATURE: there is no stage above/)
  })

  it('activates one version at a time, and never one that is retired', () => {
    write([row('a'), row('a', { version: 2, is_active: false, parameters: { period: 40 } })])
    expect(refusal(() => configsActivate('a@2', { file }))).toMatch(/cannot be active beside "a@1"/)
    configsDeactivate('a@1', { file })
    configsActivate('a', { file })
    expect(stored().map(({ is_active }) => is_active)).toEqual([false, true])
    configsRetire('a@2', { file, note: 'no edge left' })
    expect(stored()[1]).toMatchObject({
      is_active: false,
      lifecycle_stage: 'PAPER',
      history: [{ to: 'PAPER', note: 'no edge left' }],
    })
    expect(refusal(() => configsActivate('a@2', { file }))).toMatch(/is retired since/)
    expect(refusal(() => configsShow('b', { file }))).toMatch(/"b" is no configuration of this store/)
  })

  it('exports what import reads back: the same configuration', async () => {
    write([
      row('a', {
        regime: { allowed: ['up_normal', 'range_high'] },
        history: [{ date: '2024-01-03', from: 'PAPER', to: 'DISCOVERY', forced: true, note: 'x' }],
      }),
    ])
    const before = stored()
    const moved = join(folder, 'moved.json')
    writeFileSync(moved, await said(() => configsExport('a', { file })))
    rmSync(file)
    expect(await said(() => configsImport(moved, { file }))).toBe('a@1: added\n')
    expect(stored()).toEqual(before)
    expect(await said(() => configsImport(moved, { file }))).toBe('a@1: nothing new\n')
  })

  it('makes another version of another parameter set, and changes none that is there', async () => {
    write([row('a')])
    const given = join(folder, 'given.json')
    write([row('a', { parameters: { period: 50 }, performance: { trades: 3, gross_win_rate: 1 } })], given)
    expect(await said(() => configsImport(given, { file }))).toBe('a@2: added, not active: another version is\n')
    expect(stored().map((one) => [keyOf(one), one.parameters['period'], one.is_active])).toEqual([
      ['a@1', 30, true],
      ['a@2', 50, false],
    ])
    write([row('a', { validation: { sharpe_ratio: 3 } })], given)
    expect(await said(() => configsImport(given, { file }))).toBe('a@1: records taken\n')
    expect(stored()[0]!.validation.sharpe_ratio).toBe(3)
  })

  it('refuses parameters that the strategy does not know, with file and line', async () => {
    const given = join(folder, 'given.json')
    write([row('a', { parameters: { perod: 50 } })], given)
    await expect(configsImport(given, { file })).rejects.toThrow(
      /given\.json:\d+:\d+ unknown key "perod"; did you mean "period"\?/,
    )
    expect(existsSync(file)).toBe(false)
  })
})

describe('a portfolio that names a store', () => {
  const portfolio = (more = ''): string => {
    const path = join(folder, 'p.yaml')
    const simulation = 'simulation: {price: 30000, volatility: 0.6, average_volume: 30000}'
    writeFileSync(
      path,
      `name: P\ncapital: 100000\nparity: {USDT: USD}\nallocation: {method: lifecycle}\nconfigurations: store.json\n${more}instruments:\n  BTC/USDT: {file: b.csv, kind: perpetual, currency: USDT, ${simulation}}\n`,
    )
    return path
  }

  it('has a sleeve for each active configuration, with its stage, its record and its regimes', async () => {
    write([
      row('second', { validation: { sharpe_ratio: 0.5, maximum_drawdown: 0.2 }, regime: { allowed: ['up_normal'] } }),
      row('first', { lifecycle_stage: 'MATURE', version: 3, parameters: { bars_max: 7 } }),
      row('off', { is_active: false }),
      row('shadow', { lifecycle_stage: 'PAPER' }),
    ])
    const { config } = await loadPortfolio(portfolio())
    expect(config.sleeves.map(({ id }) => String(id))).toEqual(['first', 'second', 'shadow', 'cash'])
    const [first, second] = config.sleeves
    expect(first).toMatchObject({
      strategy: 'liquidity-sweep',
      clock: 'continuous/1h',
      periods: 8_760,
      universe: ['BTC/USDT'],
    })
    expect(first!.parameters['barsMax']).toBe(7)
    expect([first!.regimes, second!.regimes]).toEqual([undefined, ['up_normal']])
    const { stages, validatedDrawdown } = config.capitalPlan!.overlays.lifecycle!
    expect(stages).toEqual(['MATURE', 'DISCOVERY', 'PAPER'])
    expect(validatedDrawdown).toEqual([null, 0.2, null])
    expect(config.capitalPlan!.allocation.records.map(({ sharpe, winRate }) => [sharpe, winRate])).toEqual([
      [1, 0.5],
      [0.5, 0.5],
      [1, 0.5],
    ])
  })

  it('is told of what is wrong in the store with the line of the store', async () => {
    write([
      row('a', { pair: 'DOGE/USDT' }),
      row('b', { strategy_name: 'liquidity-swep' }),
      row('c', { parameters: { age: 900 } }),
    ])
    const wrong = loadPortfolio(portfolio())
    await expect(wrong).rejects.toThrow(
      /store\.json:9:\d+ sleeves\[0\]\.universe\[0\]: instrument "DOGE\/USDT" is not declared/,
    )
    await expect(loadPortfolio(portfolio())).rejects.toThrow(/store\.json:\d+:\d+ .*did you mean "liquidity-sweep"/)
    await expect(loadPortfolio(portfolio())).rejects.toThrow(
      /store\.json:\d+:\d+ sleeves\[2\]\.parameters\.age: must be/,
    )
  })

  it('says where its name stands when there is no such store', async () => {
    await expect(loadPortfolio(portfolio())).rejects.toThrow(/p\.yaml:5:\d+ configurations: no file ".*store\.json"/)
  })
})

describe('the lifecycle preset', () => {
  /** Signals of a moment: the confidence of an entry, by sleeve; nothing of one that holds. */
  const CONFIDENCE: Readonly<Record<string, number>> = { 'BTC/USDT': 0.9, 'ETH/USDT': 0.7, 'BNB/USDT': 0.6 }

  const scripted = (name: string): RunInput['strategies'][number] =>
    defineStrategy({
      name,
      parameters: {},
      start: (): { readonly done: boolean } => ({ done: false }),
      decide(view, out) {
        const { universe, slice, memory } = view as unknown as View
        // All of them speak at the same close, the end of the first day.
        if (memory['done'] === true || slice.at % 86_400_000 !== 0) return view.memory
        for (const column of universe) {
          const pair = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT', 'BNB/USDT'][slice.instruments[column]!]!
          const confidence = CONFIDENCE[pair]
          if (confidence !== undefined) (out as IntentSink).enter(column, 1, 'signal', { confidence })
        }
        return { done: true }
      },
    }) as unknown as RunInput['strategies'][number]

  it('sizes its four configurations to 8,118, 2,338, nothing and 600', async () => {
    const loaded = await loadPortfolio(preset)
    const from = tradeDate(20240101)
    const reach = { from, to: addDays(from, 3) }
    const market = marketOfPast(loaded, await pastOf(loaded, { seed: 26 }, reach, progressBar()), reach)
    const names = [...new Set(loaded.config.sleeves.flatMap(({ strategy }) => (strategy === null ? [] : [strategy])))]
    const result = runBacktest({ config: loaded.config, market, strategies: names.map(scripted), checks: true })
    expect(result.invariants.violated).toEqual([])
    const sizes = result.signals.map(({ sleeve, quantity, price, confidence, at }) => ({
      sleeve,
      value: quantity * price,
      confidence,
      at,
    }))
    const at = startOfDay(addDays(from, 1))
    const value = (amount: number) => expect.closeTo(amount, 0)
    expect(sizes).toEqual([
      { sleeve: 'btc_sweep', value: value(8_118), confidence: 0.9, at },
      { sleeve: 'eth_capitulation', value: value(2_338), confidence: 0.7, at },
      { sleeve: 'bnb_breakdown', value: value(600), confidence: 0.6, at },
    ])
    expect(readFileSync(preset, 'utf8')).toContain('configurations: lifecycle/configurations.json')
  })
})
