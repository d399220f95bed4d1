import { describe, expect, it } from 'vitest'
import { through } from '../fixtures/exits/bars.ts'
import { instruments, type Played, play, timetable } from '../fixtures/exits/scenario.ts'

/** Shadows as a portfolio file asks for them. */

const SLEEVES = `sleeves:
  - {id: one, weight: 0.5, strategy: ./buyer.js, universe: [A], sizing: {kind: quantity, quantity: 50}}
  - {id: two, weight: 0.3, strategy: ./idler.js, universe: [A], sizing: {kind: quantity, quantity: 1}}
  - {id: purse, weight: 0.2}
`
const files = { 'buyer.js': timetable('buyer', { 1: { enter: [0] } }), 'idler.js': timetable('idler', {}) }

function run(more: string, sleeves = SLEEVES): Promise<Played> {
  const portfolio = `name: Shadows\ncapital: 20000\n${more}${sleeves}${instruments(['A'])}`
  const bars = { A: through([100, 100, 100, 110, 110, 120]) }
  return play({ name: 'shadows', calendar: 'nyse', first: '2024-01-02', bars, files, portfolio })
}

const keptBy = ({ result }: Played) => result.shadows.map(({ sleeve }) => sleeve)

describe('shadows in a portfolio file', () => {
  it('are kept where they are asked for, and of sleeves that trade only', async () => {
    expect(keptBy(await run(''))).toEqual([])
    expect(keptBy(await run('shadows: true\n'))).toEqual(['one', 'two'])
  })

  it('are kept without a word where something scores, unless the file says no', async () => {
    const target = 'overlays: {volatility_target: {target: 0.1}}\n'
    expect(keptBy(await run(target))).toEqual(['one', 'two'])
    expect(keptBy(await run(`${target}shadows: false\n`))).toEqual([])
  })

  it('take a fraction of the portfolio for the same money as the sleeve, and no limit of the portfolio', async () => {
    const percent = SLEEVES.replace('kind: quantity, quantity: 50', 'kind: percent, fraction: 0.1, of: portfolio')
    const { result } = await run('shadows: true\nlimits: {position_weight_max: 0.05}\n', percent)
    const held = result.sleeves[0]!.exposure.at(-1)! / 120
    expect([held, result.shadows[0]!.units]).toEqual([10, 20])
  })

  it('go on trading for a sleeve that an operation paused', async () => {
    const { result } = await run('shadows: true\noperations:\n  - {date: 2024-01-02, pause: one}\n')
    expect(result.orders).toEqual([])
    expect(Array.from(result.sleeves[0]!.equity)).toEqual([10_000, 10_000, 10_000, 10_000, 10_000, 10_000])
    const [shadow] = result.shadows
    expect(shadow).toMatchObject({ orders: 1, units: 50, trades: 0, fault: null })
    expect(Array.from(shadow!.equity)).toEqual([10_000, 10_000, 10_000, 10_500, 10_500, 11_000])
  })
})
