import type { StressOutcome, StressView } from '../../api/contract/stress.ts'
import { count, longDate, money, percent, tone } from '../report/numbers.ts'
import { panel, result, table } from '../report/page/frame.ts'
import { html, type Markup } from '../report/page/markup.ts'
import { shellText } from '../report/page/shell.ts'
import { plural, sentence, spaced } from '../report/page/words.ts'

/** The stress tests as one page that needs nothing else. */
export function stressPage(view: StressView): string {
  const { currency } = view
  return shellText({
    title: `${view.name}: stress tests`,
    mode: 'Stress',
    hues: 1,
    heading: html`<h1>${view.name}</h1><p class="sub">The book of ${longDate(view.today)}, put through ${plural(count(view.outcomes.length), 'scenario', 'scenarios')} · market: ${view.benchmark}</p>
<p class="capitals"><span class="whole">Value<b>${money(view.value, currency)}</b></span><span>Gross exposure<b>${money(view.grossExposure, currency)}</b></span><span>Net exposure<b>${money(view.netExposure, currency)}</b></span><span>Volatility<b>${percent(view.volatility)}</b></span><span>Were all correlations one<b>${percent(view.volatilityTogether)}</b></span></p>`,
    panels: html`${outcomesPanel(view)}
${sleevesPanel(view)}
${notesPanel(view)}`,
    footer: html`<footer>Every scenario is played through the engine from today's book: stops, limits, reactions and strategies act as they would. What cannot be played says why.</footer>`,
  })
}

/** A bar to the left for a loss, to the right for a gain, over the largest of all. */
function bar(value: number | null, largest: number): Markup {
  const share = value === null || largest === 0 ? 0 : Math.min(1, Math.abs(value) / largest)
  return html`<span class="duo" role="img" aria-label="${percent(value, 'both')}"><i class="n" style="width:${(share * 100).toFixed(1)}%;background:var(--${(value ?? 0) < 0 ? 'neg' : 'pos'})"></i></span>`
}

function outcomesPanel(view: StressView): Markup {
  const largest = Math.max(0, ...view.outcomes.map(({ change }) => Math.abs(change ?? 0)))
  const columns = [
    '<Scenario',
    'Sessions',
    'Change',
    '',
    'Value after',
    'Lowest',
    'Drawdown',
    'Orders',
    '<Closed by',
    '<Violations',
  ]
  const rows = view.outcomes.map((outcome) =>
    outcome.impossible === null
      ? html`<tr><th scope="row">${outcome.name}</th><td>${count(outcome.days ?? 0)}</td>${result(percent(outcome.change, 'both'), outcome.change)}<td style="min-width:90px">${bar(outcome.change, largest)}</td><td>${money(outcome.after, view.currency)}</td><td>${percent(outcome.worst, 'both')}</td><td>${percent(outcome.maxDrawdown)}</td><td>${count(outcome.orders ?? 0)}</td><td class="l wrap mid">${exitsText(outcome)}</td><td class="l wrap mid">${violationsText(outcome)}</td></tr>`
      : html`<tr><th scope="row">${outcome.name}</th><td class="l soft wrap" colspan="9">not played: ${outcome.impossible}</td></tr>`,
  )
  return panel(
    { title: 'Scenarios', unit: 'change of the portfolio from today to the end of each' },
    table({ caption: 'Scenarios', columns }, rows),
  )
}

function exitsText({ exits }: StressOutcome): string {
  const parts = Object.entries(exits).map(([reason, times]) => `${spaced(reason)} ${times}`)
  return parts.length === 0 ? 'nothing' : sentence(parts.join(', '))
}

/** Each rule once, with how often it was violated. */
export function violationsText({ violations }: StressOutcome): string {
  const counts = new Map<string, number>()
  for (const { rule, action } of violations) {
    const text = `${spaced(rule)} (${action})`
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  const parts = [...counts].map(([text, times]) => (times === 1 ? text : `${text} ${times} times`))
  return parts.length === 0 ? 'none' : sentence(parts.join(', '))
}

function sleevesPanel({ outcomes }: StressView): Markup {
  const played = outcomes.filter(({ impossible }) => impossible === null)
  const sleeves = played[0]?.sleeves ?? []
  const columns = ['<Scenario', ...sleeves.map(({ title }) => title)]
  const rows = played.map(
    ({ name, sleeves: own }) =>
      html`<tr><th scope="row">${name}</th>${own.map(
        ({ contribution }) => html`<td class="${tone(contribution)}">${percent(contribution, 'both')}</td>`,
      )}</tr>`,
  )
  return panel(
    { title: 'Where it comes from', unit: "each sleeve's profit or loss over the value of the portfolio" },
    table({ caption: 'Contribution of each sleeve', columns }, rows),
  )
}

function notesPanel({ notes }: StressView): Markup {
  return panel({ title: 'Notes' }, html`<ul class="list">${notes.map((note) => html`<li>${note}</li>`)}</ul>`)
}
