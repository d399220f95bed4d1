import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { portfolioFile } from '../../../test/fixtures/portfolio-file.ts'
import { planWarnings, planWords } from '../commands/plan-words.ts'
import { loadPortfolio } from './load.ts'

const { folder, load, said } = portfolioFile('capital')

/** Sleeves begin in line 5, behind the two lines of the blocks. */
const portfolio = (
  blocks: string,
  sleeves: readonly string[] = ['one', 'two', 'three'],
  reserve = '',
): string => `name: Dealt
capital: 98000
instruments:
  AAA: {file: a.csv}
${blocks}
sleeves:
${sleeves
  .map((id) => {
    const [name, weight] = id.split(' ')
    const own = weight === undefined ? '' : `, weight: ${weight}`
    return `  - {id: ${name}${own}, strategy: buy-and-hold, universe: [AAA], sizing: {kind: percent, fraction: 1}}`
  })
  .join('\n')}
${reserve}`

const weightsOf = async (text: string): Promise<number[]> => (await load(text)).sleeves.map(({ weight }) => weight)

describe('first weights of a portfolio file', () => {
  it('are equal where an allocation deals the capital and none are stated', async () => {
    expect(await weightsOf(portfolio('allocation: {method: erc}'))).toEqual([0.333333334, 0.333333333, 0.333333333])
  })

  it('follow the stated volatilities: six sleeves of 98,000', async () => {
    const volatilities = '{pairs: 0.06, carry: 0.04, earnings: 0.12, trend: 0.16, news: 0.14, flow: 0.14}'
    const names = ['pairs', 'carry', 'earnings', 'trend', 'news', 'flow']
    const text = portfolio(`allocation: {method: inverse_volatility, volatilities: ${volatilities}}`, names)
    const weights = await weightsOf(text)
    expect(weights.map((weight) => (weight * 100).toFixed(2))).toEqual([
      '23.63',
      '35.44',
      '11.81',
      '8.86',
      '10.13',
      '10.13',
    ])
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12)
    expect((await load(text)).sleeves.reduce((sum, { capital }) => sum + capital, 0)).toBe(98_000_000_000)
  })

  it('share what a stated reserve leaves', async () => {
    const text = portfolio('allocation: {method: equal}', ['one', 'two'], '  - {id: cash, weight: 0.2}')
    expect(await weightsOf(text)).toEqual([0.4, 0.4, 0.2])
    expect((await load(text)).capitalPlan!.allocation.investable).toBeCloseTo(0.8, 12)
  })

  it('leave the rest to a reserve where sizes are kept', async () => {
    const overlays = 'overlays: {lifecycle: {stages: {one: MATURE, two: DISCOVERY}}}'
    const known = 'known: {one: {sharpe: 1.8, win_rate: 0.65}, two: {sharpe: 0.8, win_rate: 0.5}}'
    const text = portfolio(`allocation: {method: lifecycle, ${known}}\n${overlays}`, ['one', 'two'])
    const [one, two, rest] = (await load(text)).sleeves
    expect([one!.weight, two!.weight]).toEqual([0.08, 0.01])
    expect(rest).toMatchObject({ id: 'cash', strategy: null, weight: 0.91 })
    expect((await load(text)).capitalPlan!.allocation.investable).toBe(1)
  })

  it('are the stated ones where they are stated', async () => {
    expect(await weightsOf(portfolio('allocation: {method: erc}', ['one 0.5', 'two 0.3', 'three 0.2']))).toEqual([
      0.5, 0.3, 0.2,
    ])
  })
})

describe('a capital plan in a portfolio file', () => {
  it('is absent where nothing is said of it', async () => {
    expect((await load(portfolio('netting: true', ['one 1']))).capitalPlan).toBeUndefined()
  })

  it('has the usual numbers where an overlay is only named', async () => {
    const plan = (
      await load(
        portfolio(
          'allocation: {method: inverse_volatility}\noverlays: {correlation_bench: {}, correlation_reduction: {}, month_ladder: {}, volatility_target: {target: 0.1}, correlation_spike: {}}',
        ),
      )
    ).capitalPlan!
    expect(plan.overlays).toEqual({
      lifecycle: null,
      bench: { threshold: 0.7, days: 30, window: 90 },
      reduction: { threshold: 0.7, window: 90 },
      ladder: { halfAt: 0.15, zeroAt: 0.25, sharpeRelease: 0.5, window: 90 },
      volatilityTarget: { target: 0.1, window: 60, band: 0.1, scaleMax: 1 },
      spike: { halt: 0.8, resume: 0.7, window: 20 },
    })
    expect(plan.allocation).toMatchObject({ window: 60, observationsMin: 60, recompute: { kind: 'days', every: 60 } })
    expect(plan.shadows).toBe(true)
  })

  it('computes score-weighted ones every 21 days from 20 on, and stated ones never', async () => {
    const sharpe = (await load(portfolio('allocation: {method: sharpe_weighted}'))).capitalPlan!
    expect(sharpe.allocation).toMatchObject({ observationsMin: 20, recompute: { kind: 'days', every: 21 } })
    const fixed = (await load(portfolio('rebalancing: every_bar', ['one 1']))).capitalPlan!
    expect(fixed.allocation.recompute).toEqual({ kind: 'never' })
    expect(fixed.shadows).toBe(false)
    const monthly = (await load(portfolio('allocation: {method: hrp, recompute: month}'))).capitalPlan!
    expect(monthly.allocation.recompute).toEqual({ kind: 'calendar', unit: 'month' })
  })

  it('says in words what it will do, and what has no effect', async () => {
    const config = await load(
      portfolio(
        'allocation: {method: erc, bounds: {one: [0.15, 0.4]}, groups: {pair: {sleeves: [two, three], bounds: [0.3, 0.8]}}, buffer: 0.02}\noverlays: {month_ladder: {}}\nrebalancing: {method: [periodic, threshold], every: month}',
      ),
    )
    const [weights, bounds, buffer, ladder, rebalancing, scored] = planWords(config, config.capitalPlan!)
    expect(weights).toBe(
      'weights: erc over 60 days of returns (covariance: sample), computed every 60 days; the first weights stay until 60 days are known',
    )
    expect(bounds).toBe('bounds: one 15 % to 40 %, pair (two and three) 30 % to 80 % together')
    expect(buffer).toBe('weights that would move by at most 2 % stay')
    expect(ladder).toBe(
      'month ladder: half size when a sleeve is down 15 % since the month began, none at 25 % until its 90-day Sharpe ratio is above 0.5',
    )
    expect(rebalancing).toBe(
      'rebalancing: on the first day of each month; when a sleeve is 5 % off its weight, by transfer',
    )
    expect(scored).toContain('shadows')
    expect(planWarnings(config.capitalPlan!)).toEqual([])
    const idle = await load(portfolio('allocation: {method: erc}'))
    expect(planWarnings(idle.capitalPlan!)).toEqual([expect.stringContaining('nothing moves capital or sizes by them')])
    const blind = await load(portfolio('overlays: {month_ladder: {}}\nshadows: false', ['one 1']))
    expect(planWarnings(blind.capitalPlan!)).toEqual([
      expect.stringContaining('without shadows nothing will ever show'),
    ])
  })
})

describe('keys of an allocation that have no effect', () => {
  it('are named: those of another method, and volatilities beside stated weights', async () => {
    const unused = async (blocks: string, sleeves?: readonly string[]): Promise<readonly string[]> => {
      writeFileSync(join(folder, 'p.yaml'), portfolio(blocks, sleeves))
      return (await loadPortfolio(join(folder, 'p.yaml'))).unused
    }
    const volatilities = 'volatilities: {one: 0.1, two: 0.2}'
    expect(
      await unused(`allocation: {method: erc, kelly_fraction: 0.3, ${volatilities}}`, ['one 0.5', 'two 0.5']),
    ).toEqual([
      'allocation.kelly_fraction is not used: the method is erc',
      'allocation.volatilities is not used: the sleeves state their weights',
    ])
    expect(await unused(`allocation: {method: erc, ${volatilities}}`, ['one', 'two'])).toEqual([])
    expect(await unused('allocation: {method: kelly, kelly_fraction: 0.3}', ['one', 'two'])).toEqual([])
  })
})

describe('what a capital plan may not say', () => {
  it.each([
    [
      'a method that is none',
      'allocation: {method: eqaul}',
      /^p\.yaml:5:22 allocation\.method: must be one of .*did you mean "equal"/,
    ],
    ['a key that is none', 'allocation: {methd: erc}', /^p\.yaml:5:14 .*methd.*method/],
    [
      'a window longer than any history',
      'overlays: {volatility_target: {target: 0.1, window: 9007199254740991}}',
      /^p\.yaml:5:\d+ overlays\.volatility_target\.window: must be at most 100000/,
    ],
    ['a leverage that nobody gives', 'leverage: 1.0e+300', /^p\.yaml:5:\d+ leverage: must be at most 1000/],
    [
      'floors that the count of sleeves makes impossible',
      'allocation: {method: erc, bounds: [0.4, 0.6]}',
      /^p\.yaml:5:\d+ allocation\.bounds: need at least 3 x 0\.4 = 1\.2, above 1; make the lower ones smaller$/,
    ],
    [
      'bounds of a sleeve that is none',
      'allocation: {method: erc, bounds: {onne: [0.1, 0.6]}}',
      /allocation\.bounds\.onne: no sleeve with capital is named "onne"; did you mean "one"/,
    ],
    [
      'a group with a stranger',
      'allocation: {method: erc, groups: {pair: {sleeves: [one, four], bounds: [0, 0.5]}}}',
      /allocation\.groups\.pair\.sleeves\[1\]: no sleeve with capital is named "four"/,
    ],
    [
      'a group that its members cannot fill',
      'allocation: {method: erc, bounds: [0, 0.2], groups: {pair: {sleeves: [one, two], bounds: [0.5, 1]}}}',
      /allocation\.groups: of the members of "pair" hold 0\.4, it needs 0\.5/,
    ],
    [
      'a budget that leaves a sleeve out',
      'allocation: {method: risk_budget, budget: {one: 1, two: 1}}',
      /allocation\.budget: names no share for three; give every sleeve one/,
    ],
    [
      'more days asked for than are looked at',
      'allocation: {method: erc, window: 30, min_observations: 60}',
      /allocation\.min_observations: must be at most the window \(30\), was "60"/,
    ],
    [
      'a ladder that shuts before it halves',
      'overlays: {month_ladder: {half_at: 0.3}}\nallocation: {method: erc}',
      /overlays\.month_ladder\.zero_at: must be above half_at \(0\.3\), was "0\.25"/,
    ],
    [
      'a spike that resumes above its halt',
      'overlays: {correlation_spike: {halt: 0.6}}\nallocation: {method: erc}',
      /overlays\.correlation_spike\.resume: must be below halt \(0\.6\), was "0\.7"/,
    ],
    [
      'a scale that borrows without leverage',
      'overlays: {volatility_target: {target: 0.1, scale_max: 2}}\nallocation: {method: erc}',
      /overlays\.volatility_target\.scale_max: must be at most the leverage of the portfolio \(1\), was "2"/,
    ],
    [
      'stages of some sleeves only',
      'overlays: {lifecycle: {stages: {one: MATURE}}}\nallocation: {method: erc}',
      /overlays\.lifecycle\.stages: names no stage for two, three; give every sleeve one of MATURE/,
    ],
    [
      'sizes by stage without stages',
      'allocation: {method: lifecycle}',
      /allocation\.method: "lifecycle" sizes by stage; add overlays\.lifecycle\.stages/,
    ],
    [
      'a bench without the shadows that would end it',
      'overlays: {correlation_bench: {}}\nshadows: false\nallocation: {method: erc}',
      /shadows: a sleeve that correlation_bench has stopped would never be seen to recover/,
    ],
    [
      'weights left out where nothing deals them',
      'allocation: {method: fixed}',
      /^p\.yaml:7:\d+ sleeves\[0\]\.weight: is missing; add it/,
    ],
  ])('%s', async (_, blocks, message) => {
    expect(await said(portfolio(blocks))).toMatch(message)
  })

  it('some weights without the others', async () => {
    expect(await said(portfolio('allocation: {method: erc}', ['one 0.5', 'two']))).toMatch(
      /sleeves\[1\]\.weight: is missing; state the weights of all sleeves, or of none/,
    )
  })

  it('a weight that no portfolio holds', async () => {
    const text = portfolio('netting: true', ['one 1.0e+300', 'two 0'])
    expect(await said(text)).toMatch(/sleeves\[0\]\.weight: must be at most 1000, was "1e\+300"/)
  })

  it('floors above what the stated weights invest', async () => {
    const text = portfolio('allocation: {method: erc, bounds: [0.25, 1]}', ['one 0.2', 'two 0.2', 'three 0.2'])
    expect(await said(text)).toMatch(
      /allocation\.bounds: 3 sleeves need at least 0\.75, but only 0\.6 may be invested beside the reserve/,
    )
  })

  it('floors above what the reserve leaves', async () => {
    const text = portfolio(
      'allocation: {method: erc, bounds: [0.45, 1]}',
      ['one', 'two'],
      '  - {id: cash, weight: 0.2}',
    )
    expect(await said(text)).toMatch(
      /allocation\.bounds: 2 sleeves need at least 0\.9, but only 0\.8 may be invested beside the reserve/,
    )
    const group = 'allocation: {method: erc, groups: {both: {sleeves: [one, two], bounds: [0.9, 1]}}}'
    expect(await said(portfolio(group, ['one', 'two'], '  - {id: cash, weight: 0.2}'))).toMatch(
      /2 sleeves need at least 0\.9, but only 0\.8/,
    )
  })
})
