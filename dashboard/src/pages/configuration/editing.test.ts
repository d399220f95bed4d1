import { describe, expect, it } from 'vitest'
import type { StrategyForm } from '../../../../src/api/contract/configuration.ts'
import { changedParameters } from './AddSleeve.tsx'
import { leavesOf, mergedLeaves, typedValue, valueAt, withItem, without, withValue, words } from './yaml-edit.ts'

const FILE = `# ours
name: Demo
limits:
  drawdown: {halt: 0.15, resume: 0.10} # of the peak
sleeves:
  - {use: a.yaml, weight: 0.3}
  - {use: b.yaml}
`

describe('a value', () => {
  it('is set where it stands, and the rest stays as it was written', () => {
    expect(withValue(FILE, ['limits', 'drawdown', 'halt'], 0.2)).toBe(
      FILE.replace('0.15', '0.2')
        .replace(/ \{halt: 0\.2, resume: 0\.10\}/, ' { halt: 0.2, resume: 0.10 }')
        .replace('{use: a.yaml, weight: 0.3}', '{ use: a.yaml, weight: 0.3 }')
        .replace('{use: b.yaml}', '{ use: b.yaml }'),
    )
    expect(valueAt(withValue(FILE, ['sleeves', 1, 'weight'], 0.4), ['sleeves', 1, 'weight'])).toBe(0.4)
    expect(withValue(FILE, ['leverage'], 1.5)).toContain('leverage: 1.5')
  })
  it('is taken away with the block that would be empty', () => {
    const once = without(FILE, ['limits', 'drawdown', 'halt'])
    expect(valueAt(once, ['limits', 'drawdown'])).toEqual({ resume: 0.1 })
    const twice = without(once, ['limits', 'drawdown', 'resume'])
    expect(valueAt(twice, ['limits'])).toBeUndefined()
    expect(twice).toContain('# ours')
  })
  it('joins a list at its end', () => {
    expect(valueAt(withItem(FILE, ['sleeves'], { id: 'c', universe: ['AAPL'] }), ['sleeves', 2])).toEqual({
      id: 'c',
      universe: ['AAPL'],
    })
  })
})

describe('a section', () => {
  it('shows what is written, then what only defaults have', () => {
    const defaults = { drawdown: { halt: 0.1, liquidate: null }, positions_max: null, volatility: null }
    const shown = mergedLeaves({ drawdown: { halt: 0.15 }, volatility: { limit: 0.2 } }, defaults)
    expect(shown.map(({ path, value }) => `${path.join('.')}=${value}`)).toEqual([
      'drawdown.halt=0.15',
      'volatility.limit=0.2',
      'drawdown.liquidate=null',
      'positions_max=null',
    ])
  })
  it('leaves lists to the file', () =>
    expect(leavesOf({ steps: [1, 2], on: true })).toEqual([{ path: ['on'], value: true }]))
  it('takes what was typed as what it was', () => {
    expect([
      typedValue('0.2', 0.1),
      typedValue('', 0.1),
      typedValue('true', false),
      typedValue('abc', 'x'),
      typedValue('7', null),
    ]).toEqual([0.2, null, true, 'abc', 7])
  })
  it('speaks in words', () => expect(words(['drawdown', 'reset_peak_after'])).toBe('Drawdown, reset peak after'))
})

describe('a new sleeve', () => {
  const form = {
    strategy: 's',
    parameters: [
      { name: 'period', kind: 'integer', default: 20 },
      { name: 'names', kind: 'list', default: [] },
      { name: 'fast', kind: 'boolean', default: false },
    ],
  } as unknown as StrategyForm
  it('writes only what differs from the defaults', () => {
    expect(changedParameters(form, { period: '20', names: 'a, 2', fast: 'true' })).toEqual({
      names: ['a', 2],
      fast: true,
    })
  })
})
