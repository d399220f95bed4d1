import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { portfolioFile } from '../../../test/fixtures/portfolio-file.ts'
import { REACTIONS, VIOLATION_KINDS, type ViolationKind } from '../../domain/violations.ts'
import { AMENDED, EXTERNAL_RULES } from '../../engine/external/alerts.ts'
import { VIOLATION_SEVERITY } from '../../pipeline/risk/reactions.ts'

const { load, said } = portfolioFile('violations')

const portfolio = (blocks: string): string => `name: Watched
capital: 100000
instruments:
  AAA: {file: a.csv}
${blocks}
sleeves:
  - id: one
    weight: 1
    strategy: mean-reversion
    universe: [AAA]
    sizing: {kind: notional, amount: 100}
    limits: {drawdown: {halt: 0.1, resume: 0.05}}
`

describe('violations of a portfolio file', () => {
  it('are not spoken of where the block is left out', async () => {
    expect('violations' in (await load(portfolio('')))).toBe(false)
  })

  it('have the usual return and alerts where nothing is said of them', async () => {
    expect((await load(portfolio('violations: {}'))).violations).toEqual({
      actions: {},
      rules: {},
      reentry: { steps: [0.25, 0.5, 0.75, 1], sessionsPerStep: 5 },
      correlation: { level: 0.7, move: 0.3, days: 30 },
    })
  })

  it('come to the kernel as they are configured', async () => {
    const { violations, limits } = await load(
      portfolio(`limits:
  drawdown: {halt: 0.15, resume: 0.1}
  daily_loss_max: 0.02
rebalancing: {method: on_breach}
violations:
  actions: {critical: liquidate_all, low: alert_only}
  rules:
    portfolio_drawdown: {recovery: 0.05}
    daily_loss: {severity: high, action: halt_entries, reentry: false}
    strategy_drawdown: {action: rebalance}
  reentry: null
  correlation: {level: 0.6}`),
    )
    expect(violations).toEqual({
      actions: { critical: 'liquidate_all', low: 'alert_only' },
      rules: {
        portfolio_drawdown: { recovery: 0.05 },
        daily_loss: { severity: 'high', action: 'halt_entries', reentry: false },
        strategy_drawdown: { action: 'rebalance' },
      },
      reentry: null,
      correlation: { level: 0.6, move: 0.3, days: 30 },
    })
    expect(limits.drawdown).toEqual({ halt: 0.15, resume: 0.1, liquidate: 0.2, resetPeakAfter: null })
  })

  it('a portfolio’s drawdown liquidates at a fifth unless it says otherwise, or halts deeper', async () => {
    const levelOf = async (drawdown: string) =>
      (await load(portfolio(`limits: {drawdown: ${drawdown}}`))).limits.drawdown!.liquidate
    expect(await levelOf('{halt: 0.15, resume: 0.1}')).toBe(0.2)
    expect(await levelOf('{halt: 0.15, resume: 0.1, liquidate: 0.3}')).toBe(0.3)
    expect(await levelOf('{halt: 0.15, resume: 0.1, liquidate: null}')).toBeUndefined()
    expect(await levelOf('{halt: 0.25, resume: 0.1}')).toBeUndefined()
  })

  it.each([
    ['violations: {actions: {severe: alert_only}}', 'unknown key "severe"; known here: critical, high, medium, low'],
    ['violations: {actions: {low: sell}}', 'violations.actions.low: must be one of'],
    ['violations: {rules: {drawdown: {action: alert_only}}}', 'unknown key "drawdown"'],
    [
      'violations: {rules: {daily_loss: {action: alert_only}}}',
      'violations.rules.daily_loss: speaks of a limit that is not set; add limits.daily_loss_max',
    ],
    [
      'violations: {rules: {strategy_drawdown: {recovery: 0.2}}}',
      'violations.rules.strategy_drawdown.recovery: must be at most the limit (0.1), was "0.2"',
    ],
    [
      'violations: {actions: {high: rebalance}}',
      'violations.actions.high: "rebalance" needs rebalancing: {method: on_breach}',
    ],
    [
      'violations: {reentry: {steps: [0.5, 0.25]}}',
      'violations.reentry.steps: must rise from one to the next, were 0.5, 0.25',
    ],
  ])('%s is refused with its line and what to do', async (block, message) => {
    const text = await said(portfolio(block))
    expect(text).toMatch(/^p\.yaml:5:\d+ /)
    expect(text).toContain(message)
  })
})

describe('docs/violations.md', () => {
  const guide = readFileSync(new URL('../../../docs/violations.md', import.meta.url), 'utf8')
  const rows = guide.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim())
    const name = /^`(\w+)`$/.exec(cells[1] ?? '')?.[1]
    return name === undefined ? [] : [{ name, last: cells.at(-2) }]
  })

  it('has a row for every rule, with its severity, for every action, and for what others do to an account', () => {
    const names = rows.map(({ name }) => name)
    expect(names).toEqual([...VIOLATION_KINDS, ...REACTIONS, ...EXTERNAL_RULES, AMENDED])
    for (const { name, last } of rows.slice(0, VIOLATION_KINDS.length)) {
      expect(last).toBe(VIOLATION_SEVERITY[name as ViolationKind])
    }
  })
})
