import { describe, expect, it } from 'vitest'
import { withSampleBenchmark } from '../../../../test/fixtures/sample-benchmark.ts'
import { SLEEVE_PLANS, sampleRun } from '../../../../test/fixtures/sample-run.ts'
import type { RunResult } from '../../../engine/records/result.ts'
import { reportOf } from '../figures.ts'
import { money, percent, percentTo } from '../numbers.ts'
import { pageOf } from '../page-view.ts'
import { returnsOf } from '../returns.ts'
import { rampClass } from './heatmaps.ts'
import { escapeText, html, inlineData } from './markup.ts'
import { pageText } from './page.ts'
import { DARK, LIGHT, RAMP } from './tokens.ts'

const VOID = new Set(['meta', 'input', 'br', 'img', 'link', 'hr'])
const SELF_CLOSING = new Set(['path', 'circle', 'rect', 'line'])

function page(run: RunResult): string {
  const returns = returnsOf(run)
  return pageText(pageOf(run, reportOf(run, undefined, returns), returns))
}

/** Text of the page without what scripts and styles hold. */
function bodyOf(text: string): string {
  return text.replace(/<script[^>]*>[\s\S]*?<\/script>/g, '<script></script>').replace(/<style>[\s\S]*?<\/style>/, '')
}

/** Every start tag is closed in order; returns the count of elements. */
function elementsOf(text: string): number {
  const open: string[] = []
  let count = 0
  for (const [, slash, name, rest] of bodyOf(text).matchAll(
    /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/g,
  )) {
    if (slash === '/') expect(open.pop(), `closing </${name}>`).toBe(name)
    else if (rest!.endsWith('/')) expect(SELF_CLOSING).toContain(name)
    else if (!VOID.has(name!)) open.push(name!)
    count += 1
  }
  expect(open).toEqual([])
  return count
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((left, right) => left - right)
  return (high! + 0.05) / (low! + 0.05)
}

/** Whether the page holds a text or pattern, so that a failure does not print the page. */
const holds = (text: string, wanted: string | RegExp): boolean =>
  typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)

function expectHeld(isHeld: boolean, text: string, wanted: string | RegExp): void {
  expect(holds(text, wanted), String(wanted)).toBe(isHeld)
}

const whole = page(sampleRun({ days: 1_258 }))

describe('the page', () => {
  it('holds every section', () => {
    const titles = [...whole.matchAll(/<h2>([^<]+)<\/h2>/g)].map(([, title]) => title)
    expect(titles).toEqual([
      'Equity',
      'Netting',
      'Correlation',
      'Sleeves over time',
      'Sleeves',
      'Monthly returns',
      'Years and market phases',
      'Losses to expect in a day',
      'Who carries the risk',
      'Volatility over time',
      'What mixing takes away',
      'Exposure and concentration',
      'How steady correlations are',
      'How far trades went',
      'Where the result comes from',
      'Against the policy',
      'Expected and actual',
      'Invariants',
      'Exits by reason',
      'Trades',
      'Refused and trimmed',
      'Violations',
      'Notes on this run',
      'How each figure is computed',
    ])
  })

  it('tells risk and attribution from the figures of the report', () => {
    const { risk, attribution } = reportOf(sampleRun({ days: 1_258 }))
    const [first] = risk.names
    expectHeld(true, whole, percentTo(risk.book.var.historical['95']!, 2))
    expectHeld(true, whole, percentTo(risk.shares[0]!, 1))
    expectHeld(true, whole, `${percentTo(risk.weights[0]!, 1)} of equity`)
    expectHeld(true, whole, money(attribution.sleeves.find(({ name }) => name === first)!.profit, 'USD', 'both'))
    expectHeld(true, whole, `difference ${percent(attribution.brinson.excess, 'both')}`)
    expectHeld(true, whole, /Portfolio, line chart[^"]*90 days [0-9.]+/)
  })

  it('is well formed, whatever the run holds', () => {
    expect(elementsOf(whole)).toBeGreaterThan(2_000)
    for (const days of [0, 1, 2, 40]) elementsOf(page(sampleRun({ days })))
    for (const days of [0, 1, 40]) elementsOf(page(withSampleBenchmark(sampleRun({ days }))))
    elementsOf(page(sampleRun({ days: 30, plans: SLEEVE_PLANS.slice(4) })))
  })

  it('has the portfolio beside its benchmark, and says how many days there are before both moved', () => {
    const run = withSampleBenchmark(sampleRun({ days: 200 }))
    expect(page(run)).toContain(`tracking error ${percent(reportOf(run).benchmark!.trackingError)} a year`)
    expect(page(withSampleBenchmark(sampleRun({ days: 2 })))).toContain('it has a return on 1 of 2')
    expect(page(sampleRun({ days: 40 }))).not.toContain('Against SPY')
  })
  it('fetches nothing from anywhere', () => {
    expectHeld(false, whole, /\b(src|href|srcset|action|data-src)\s*=/i)
    expectHeld(false, whole, /url\(|@import|https?:|\/\/[a-z]/i)
    expectHeld(true, whole, escapeText("default-src 'none'"))
    expectHeld(false, whole, /fetch\(|XMLHttpRequest|WebSocket|import\(/)
  })

  it('shows no undefined figure as anything but n/a', () => {
    for (const days of [0, 1, 2, 1_258])
      expectHeld(false, bodyOf(page(sampleRun({ days }))), /NaN|Infinity|undefined|\bnull\b|>-\d/)
  })

  it('says nothing of the last days of a sleeve that had lost everything before', () => {
    const run = sampleRun({ days: 200 })
    const [first, ...others] = run.sleeves
    const equity = first!.equity.map((value, day) => (day < 50 ? value : 0))
    const text = bodyOf(page({ ...run, sleeves: [{ ...first!, equity }, ...others] }))
    expectHeld(true, text, 'aria-label="Last 90 days n/a"')
    expectHeld(false, text, /NaN|Infinity/)
  })

  it('shows the key figures as the report has them', () => {
    const run = sampleRun({ days: 1_258 })
    const { portfolio } = reportOf(run)
    expectHeld(true, whole, `<small>.${portfolio.final.toFixed(2).slice(-2)}</small>`)
    expectHeld(true, whole, `<dt>Sharpe</dt><dd class="v">${portfolio.sharpe!.toFixed(2)}</dd>`)
    expectHeld(true, whole, '2 Jan 2020 to 28 Oct 2024 · 1,258 days')
    expectHeld(true, whole, 'Large-cap mean reversion<b>$24,750</b>')
  })

  it('names every chart by what it shows', () => {
    const names = [...whole.matchAll(/<svg[^>]*role="img" aria-label="([^"]+)"/g)].map(([, name]) => name)
    expect(
      names.some((name) =>
        name!.startsWith('Portfolio value, line chart, 2 Jan 2020 to 28 Oct 2024. At the end: Portfolio $'),
      ),
    ).toBe(true)
    expect(names.filter((name) => name!.startsWith('Last 90 days'))).toHaveLength(5)
    const bare = [...whole.matchAll(/<svg(?![^>]*(aria-label|aria-hidden))[^>]*>/g)]
    expect(bare).toEqual([])
  })

  it('lets each sleeve be hidden without a script', () => {
    for (const place of [1, 2, 3, 4]) {
      expectHeld(true, whole, `data-line="s${place}"`)
      expectHeld(true, whole, `.chart:has([data-line=s${place}]:not(:checked)) :is(.line,.end).s${place}{display:none}`)
    }
  })

  it('reads out the same days and figures as the run', () => {
    const [first] = [...whole.matchAll(/<script type="application\/json">([^<]+)<\/script>/g)]
    const data = JSON.parse(first![1]!) as { at: number[]; days: string[]; values: string[][] }
    expect(data.days.at(-1)).toBe('28 Oct 2024')
    expect([data.at[0], data.at.at(-1)]).toEqual([0, 1])
    expect(data.values).toHaveLength(2)
    for (const line of data.values) expect(line).toHaveLength(data.days.length)
    expect(data.values[0]!.at(-1)).toBe(
      `$${Math.round(sampleRun({ days: 1_258 }).equity.at(-1)!).toLocaleString('en-US')}`,
    )
  })

  it('marks what is outside its expected range, and correlations below the goal', () => {
    expectHeld(true, whole, /class="out">[^<]+<span class="away"> outside the range/)
    expectHeld(true, whole, /class="d d\d goal"/)
    const run = sampleRun({ days: 300 })
    const [first] = run.sleeves
    // The second sleeve does what the first does, with its own capital.
    const equity = first!.equity.map((value) => value * (19_800 / 24_750))
    const twin = {
      ...run,
      sleeves: run.sleeves.map((sleeve, index) => (index === 1 ? { ...sleeve, equity } : sleeve)),
    }
    expectHeld(true, page(twin), /class="d d8 alert"/)
  })

  it('warns of broken invariants, paused sleeves and open violations before any figure', () => {
    const run = sampleRun({ days: 40 })
    const [first, ...others] = run.sleeves
    const paused = {
      at: run.violations[0]!.at,
      tradeDate: run.trades[0]!.entryDate,
      cause: 'decide returned a promise',
    }
    const text = page({
      ...run,
      sleeves: [{ ...first!, paused }, ...others],
      invariants: { checked: { moneyConserved: 9 }, violated: ['moneyConserved'] },
    })
    const top = text.slice(0, text.indexOf('class="panel kpis"'))
    expectHeld(true, top, 'Invariants were violated: moneyConserved.')
    expectHeld(true, top, /Large-cap mean reversion was paused on [^<]+<\/b> decide returned a promise/)
    expectHeld(true, top, '1 violation open at the end.')
  })

  it('escapes hostile names wherever they appear', () => {
    const evil = '<script>alert("x")</script><img src=x onerror=y>\'"&'
    const plans = SLEEVE_PLANS.map((plan, index) =>
      index < 2 ? { ...plan, title: evil, exits: [evil], symbols: [evil] } : plan,
    )
    const run = sampleRun({ days: 60, plans })
    const text = page({ ...run, config: { ...run.config, name: evil }, notes: [evil] })
    expectHeld(false, bodyOf(text), /<img|alert\("x"\)|onerror=y>'/)
    expect(text.match(/<script>/g)).toHaveLength(1)
    expectHeld(true, text, escapeText(evil))
    elementsOf(text)
  })

  it('says why where there is nothing to show', () => {
    const text = page(sampleRun({ days: 1 }))
    for (const reason of [
      'A curve needs two trading days.',
      'No sleeve sent an order in this period',
      'No position was closed in this period',
      'No round trip was closed in this period.',
      'Every wish of every sleeve was filled or crossed in full.',
      'No limit was breached in this period.',
      'Checks were off in this run',
    ])
      expectHeld(true, text, reason)
    expectHeld(true, page(sampleRun({ days: 0 })), 'no trading day')
  })

  it('folds long tables and says how many rows they hold', () => {
    expectHeld(true, whole, /<summary>Show all 570 round trips<\/summary>/)
    expectHeld(true, whole, '<summary>Month ends as a table</summary>')
  })
})

describe('colours', () => {
  it('leave text readable on every step of the ramp and on panels, in both themes', () => {
    for (const theme of [RAMP.dark, RAMP.light])
      theme.fill.forEach((fill, step) => {
        expect(contrast(fill, theme.ink[step]!), `${theme.ink[step]} on ${fill}`).toBeGreaterThanOrEqual(4.5)
      })
    for (const theme of [DARK, LIGHT])
      for (const ink of ['text', 'text-2', 'text-3', 'accent', 'pos', 'neg', 'warn'] as const)
        for (const ground of ['surface', 'bg', 'raised'] as const)
          expect(contrast(theme[ink], theme[ground]), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5)
  })

  it('run from loss to gain with nothing in the middle', () => {
    expect([-1, -0.01, 0, 0.01, 1].map((value) => rampClass(value, 1))).toEqual([
      'd d0',
      'd d4',
      'd d4',
      'd d4',
      'd d8',
    ])
    expect([rampClass(9, 1), rampClass(null, 1), rampClass(0.2, 0)]).toEqual(['d d8', 'd d4', 'd d4'])
  })
})

describe('markup', () => {
  it('escapes every value that is not markup', () => {
    expect(html`<p title="${'"'}">${'<b>'}${html`<i></i>`}${[1, '&']}${null}${false}</p>`.text).toBe(
      '<p title="&quot;">&lt;b&gt;<i></i>1&amp;</p>',
    )
    expect(escapeText('a\u0000\u001bb\n')).toBe('a\ufffd\ufffdb\n')
  })

  it('lets no text end the element that holds data', () => {
    const { text } = inlineData({ name: '</script><!--\u2028' })
    expect(text.match(/<\/script>/g)).toHaveLength(1)
    expect(JSON.parse(text.slice(text.indexOf('>') + 1, text.lastIndexOf('<')))).toEqual({
      name: '</script><!--\u2028',
    })
  })
})
