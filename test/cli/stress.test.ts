import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SimulationView } from '../../src/api/contract/simulation.ts'
import type { StressView } from '../../src/api/contract/stress.ts'
import { bar, priceFile, sessionDates } from '../fixtures/exits/bars.ts'
import { timetable } from '../fixtures/exits/scenario.ts'
import { command } from './command.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-stress-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text)
}

/** Sixty sessions that go up 2 % and down 1 %; 50 shares are bought at the second open. */
beforeAll(() => {
  const closes = [100]
  for (let day = 1; day < 60; day += 1) closes.push(closes.at(-1)! * (day % 2 === 0 ? 0.99 : 1.02))
  const bars = closes.map((close, row) => bar(closes[Math.max(0, row - 1)]!, close))
  write('package.json', '{"type": "module"}')
  write('A.csv', priceFile(sessionDates('nyse', '2024-01-02', 60), bars))
  write('plan.js', timetable('plan', { 0: { enter: [0] } }))
  write(
    'p.yaml',
    `name: One share class
capital: 10000
benchmark: A
sleeves:
  - {id: one, weight: 1, strategy: ./plan.js, universe: [A], sizing: {kind: quantity, quantity: 50}}
instruments: {A: {file: A.csv}}
`,
  )
})

const json = async <T>(args: readonly string[]): Promise<T> => {
  const ended = await command(folder, [...args, '--json'])
  expect({ code: ended.code, err: ended.err }).toEqual({ code: 0, err: '' })
  return JSON.parse(ended.out) as T
}

describe('stress', () => {
  it("plays what may happen on today's book through the engine", async () => {
    const view = await json<StressView>(['stress', 'p.yaml', '--data', '.', '--html', 'stress.html'])
    const held = view.grossExposure
    expect(held).toBeGreaterThan(5000)
    const fall = view.outcomes.find(({ kind }) => kind === 'move')!
    expect({ days: fall.days, impossible: fall.impossible }).toEqual({ days: 3, impossible: null })
    expect(fall.after! - fall.before!).toBeCloseTo(held * -0.1, 6)
    expect(fall.change).toBeCloseTo((held * -0.1) / view.value, 9)
    expect(fall.sleeves[0]!.contribution).toBeCloseTo(fall.change!, 9)
    const windows = view.outcomes.filter(({ kind }) => kind === 'window')
    expect(windows.map(({ impossible }) => impossible?.slice(0, 15))).toEqual(windows.map(() => 'the prices of A'))
    expect(readFileSync(join(folder, 'stress.html'), 'utf8')).toContain('One share class')
  }, 60_000)

  it('takes scenarios of a file, and refuses what is none', async () => {
    write('mine.yaml', '- {name: Crash, move: -0.5}\n- {name: Bad day, sleeve: one, loss: 0.1}\n')
    const view = await json<StressView>(['stress', 'p.yaml', '--data', '.', '--scenarios', 'mine.yaml'])
    expect(view.outcomes.map(({ name }) => name)).toEqual(['Crash', 'Bad day'])
    expect(view.outcomes[1]!.change).toBeCloseTo(-0.1, 6)
    write('bad.yaml', '- {name: Crash, fall: -0.5}\n')
    const bad = await command(folder, ['stress', 'p.yaml', '--data', '.', '--scenarios', 'bad.yaml'])
    expect({ code: bad.code, out: bad.out }).toEqual({ code: 2, out: '' })
    expect(bad.err).toContain('"bad.yaml": [0] must have a name and one of move')
    write('stranger.yaml', '- {name: X, sleeve: two, loss: 0.1}\n')
    const stranger = await command(folder, ['stress', 'p.yaml', '--data', '.', '--scenarios', 'stranger.yaml'])
    expect(stranger.err).toContain('is no sleeve that trades, was "two"; there are one')
  }, 60_000)
})

describe('simulate', () => {
  it('draws futures of a configuration, the same ones for the same seed', async () => {
    const args = ['simulate', 'p.yaml', '--data', '.', '--paths', '200', '--horizon', '20', '--block', '2']
    const view = await json<SimulationView>([...args, '--html', 'cone.html'])
    expect({ paths: view.paths, observations: view.observations, block: view.block }).toEqual({
      paths: 200,
      observations: 60,
      block: 2,
    })
    expect(view.cone.map((line) => line.length)).toEqual([21, 21, 21, 21, 21])
    for (const [at, line] of view.cone.entries()) expect(line[20]).toBe(view.portfolio.final[at])
    expect(view.sleeves.map(({ name }) => name)).toEqual(['one'])
    expect(await json<SimulationView>(args)).toEqual(view)
    expect(readFileSync(join(folder, 'cone.html'), 'utf8')).toContain('Cone of futures')
  }, 60_000)

  it('mixes the series of a file', async () => {
    write('r.csv', 'date,a,b\n2024-01-31,0.01,0.03\n2024-02-29,0.01,0.03\n2024-03-31,0.01,0.03\n')
    const view = await json<SimulationView>(['simulate', '--returns', 'r.csv', '--periods', '12', '--paths', '10'])
    expect(view.portfolio.final[2]).toBeCloseTo(1.02 ** 12, 9)
    expect(view.sleeves.map(({ mean }) => mean)).toEqual([expect.closeTo(1.01 ** 12, 9), expect.closeTo(1.03 ** 12, 9)])
    expect(view.notes[0]).toContain('3 periods only')
  }, 60_000)

  it('needs a configuration or a file, not both', async () => {
    const both = await command(folder, ['simulate', 'p.yaml', '--returns', 'r.csv'])
    expect({ code: both.code, out: both.out }).toEqual({ code: 2, out: '' })
    expect(both.err).toContain('takes a configuration or --returns FILE, one of them')
    expect((await command(folder, ['simulate'])).code).toBe(2)
  }, 60_000)
})
