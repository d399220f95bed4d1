import { describe, expect, it } from 'vitest'
import type { StrategyForm } from '../../../../src/api/contract/configuration.ts'
import { changedParameters } from './AddSleeve.tsx'
import { newRule } from './AlertRules.tsx'
import { browserName } from './browser-name.ts'
import { listedSleeves, withoutSleeve } from './places.ts'
import { dataOf, shownText, valueAt, withItem, without, withValue, words } from './yaml-edit.ts'

const FILE = `# ours
name: Demo
limits:
  drawdown: {halt: 0.15, resume: 0.10} # of the peak
sleeves:
  - {use: a.yaml, weight: 0.3}
  - {use: b.yaml}
  - c.yaml
rebalancing: periodic
`
/** As it is with what the other files say. */
const WHOLE = {
  ...(dataOf(FILE) as object),
  sleeves: [
    { id: 'a', weight: 0.3, strategy: 's', limits: { positions_max: 5, leverage_max: 2 } },
    { id: 'b', title: 'Second', strategy: 's' },
    { id: 'c', strategy: null },
  ],
}

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
  it('of a block in another file brings that block along, because it takes the place of all of it', () => {
    const changed = withValue(FILE, ['sleeves', 0, 'limits', 'positions_max'], 7, WHOLE)
    expect(valueAt(changed, ['sleeves', 0])).toEqual({
      use: 'a.yaml',
      weight: 0.3,
      limits: { positions_max: 7, leverage_max: 2 },
    })
    expect(valueAt(withValue(FILE, ['sleeves', 2, 'title'], 'Cash', WHOLE), ['sleeves', 2])).toEqual({
      use: 'c.yaml',
      title: 'Cash',
    })
    expect(valueAt(withValue(FILE, ['rebalancing', 'every'], 20, WHOLE), ['rebalancing'])).toEqual({
      method: 'periodic',
      every: 20,
    })
  })
  it('is taken away with the block that would be empty', () => {
    const once = without(FILE, ['limits', 'drawdown', 'halt'])
    expect(valueAt(once, ['limits', 'drawdown'])).toEqual({ resume: 0.1 })
    const twice = without(once, ['limits', 'drawdown', 'resume'])
    expect(valueAt(twice, ['limits'])).toBeUndefined()
    expect(twice).toContain('# ours')
    expect(without(FILE, ['limits', 'nothing'])).toBe(FILE)
  })
  it('joins a list at its end', () => {
    expect(valueAt(withItem(FILE, ['sleeves'], { id: 'd', universe: ['AAPL'] }), ['sleeves', 3])).toEqual({
      id: 'd',
      universe: ['AAPL'],
    })
  })
  it('speaks in words', () => {
    expect(words(['drawdown', 'reset_peak_after'])).toBe('Drawdown, reset peak after')
    expect([shownText([1, 'week']), shownText(null), shownText(0.5)]).toEqual(['1, week', '', '0.5'])
  })
})

describe('the sleeves of a draft', () => {
  it('are those of the file by name, wherever they stand now', () => {
    const draft = withItem(without(FILE, ['sleeves', 0]), ['sleeves'], { id: 'd', strategy: 't' })
    expect(listedSleeves(draft, FILE, WHOLE)).toEqual([
      { id: 'b', place: 0, title: 'Second', strategy: 's' },
      { id: 'c', place: 1, title: 'c', strategy: null },
      { id: 'd', place: 2, title: 'd', strategy: 't' },
    ])
    expect(listedSleeves('a: [', FILE, WHOLE)).toEqual([])
  })
  it('go with all that is said of them by name', () => {
    const staged = `${FILE}overlays:\n  lifecycle: {stages: {a: MATURE, b: PAPER}}\nallocation: {volatilities: {a: 0.2}}\n`
    const left = withoutSleeve(staged, { id: 'a', place: 0 })
    expect(valueAt(left, ['overlays'])).toEqual({ lifecycle: { stages: { b: 'PAPER' } } })
    expect(valueAt(left, ['allocation'])).toBeUndefined()
    expect(listedSleeves(left, staged, WHOLE).map(({ id }) => id)).toEqual(['b', 'c'])
  })
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

describe('a new rule of alerts', () => {
  it('is called what no other one is, though some were removed before', () => {
    const called = (...titles: readonly string[]) => newRule(titles.map((title) => ({ title }))).title
    expect([called(), called('all'), called('Rule 2'), called('Rule 2', 'Rule 3', 'Rule 5')]).toEqual([
      'Rule 1',
      'Rule 2',
      'Rule 3',
      'Rule 4',
    ])
    expect(called('Rule 1 ', 'Rule 3')).toBe('Rule 4')
  })
})

describe('who is signed in', () => {
  it('is told by browser and system, a program by what it says', () => {
    const chrome =
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36'
    const edge =
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0'
    const phone =
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'
    const firefox = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:131.0) Gecko/20100101 Firefox/131.0'
    expect([chrome, edge, phone, firefox, 'curl/8.5.0', ''].map(browserName)).toEqual([
      'Chrome 130 on Linux',
      'Edge 130 on Windows',
      'Safari 17 on iPhone',
      'Firefox 131 on macOS',
      'curl/8.5.0',
      'not said',
    ])
  })
})
