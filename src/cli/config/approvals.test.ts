import { describe, expect, it } from 'vitest'
import { portfolioFile } from '../../../test/fixtures/portfolio-file.ts'
import { approvalWords } from '../commands/approval-words.ts'

const { load, said } = portfolioFile('approvals')

const portfolio = (block: string): string => `name: test
capital: 100000
instruments: {SPY: {kind: equity, file: spy.csv}}
sleeves: [{id: one, weight: 1, strategy: mean-reversion, universe: [SPY], sizing: {kind: notional, amount: 1000}}]
${block}
`

describe('approvals of a portfolio file', () => {
  it('are not spoken of where the block is left out', async () => {
    expect('approvals' in (await load(portfolio('')))).toBe(false)
  })

  it('come to the kernel as they are configured; an answer is waited for until the next bar', async () => {
    expect((await load(portfolio('approvals: {all: true}'))).approvals).toEqual({
      all: true,
      above: null,
      stages: [],
      sleeves: [],
      expiresAfter: { bars: 1 },
    })
    const all = `approvals: {above: 5000, stages: [DISCOVERY], sleeves: [one], expires_after: {minutes: 30}}
overlays: {lifecycle: {stages: {one: DISCOVERY}}}`
    expect((await load(portfolio(all))).approvals).toEqual({
      all: false,
      above: 5_000,
      stages: ['DISCOVERY'],
      sleeves: ['one'],
      expiresAfter: { minutes: 30 },
    })
  })

  it.each([
    ['approvals: {}', 'approvals: asks about no entry; add "all: true"'],
    ['approvals: {al: true}', 'unknown key "al"; did you mean "all"?'],
    ['approvals: {above: 0}', 'approvals.above: must be above 0, was "0"'],
    ['approvals: {sleeves: [on]}', 'approvals.sleeves[0]: no sleeve that trades has the id "on"; did you mean "one"?'],
    ['approvals: {stages: [DISCOVERY]}', 'approvals.stages: speaks of stages that no sleeve has; add "overlays:'],
    ['approvals: {stages: [YOUNG]}', 'approvals.stages[0]: must be one of MATURE'],
    ['approvals: {all: true, expires_after: {bars: 0}}', 'approvals.expires_after'],
    ['approvals: {all: true, expires_after: 5}', 'approvals.expires_after: must be a block with "bars" or "minutes"'],
  ])('%s is refused with its line and what to do', async (block, message) => {
    const text = await said(portfolio(block))
    expect(text).toMatch(/^p\.yaml:5:\d+ /)
    expect(text).toContain(message)
  })

  it('are told in a sentence', async () => {
    const words = async (block: string): Promise<string> => {
      const config = await load(portfolio(block))
      return approvalWords(config, config.approvals!)
    }
    expect(await words('approvals: {all: true}')).toBe(
      'An operator is asked about every entry; no answer within one bar rejects. Exits never wait. A backtest asks nobody.',
    )
    expect(await words('approvals: {above: 5000, sleeves: [one], expires_after: {minutes: 30}}')).toBe(
      'An operator is asked about entries worth more than 5,000 USD, and of one; no answer within 30 minutes rejects. Exits never wait. A backtest asks nobody.',
    )
  })
})
