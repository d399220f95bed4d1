import type { EffectsView } from '../../../api/contract/attribution.ts'
import { money, percent, percentTo } from '../numbers.ts'
import { empty, type Frame, panel, result, sleeveName, table } from './frame.ts'
import { html, type Markup } from './markup.ts'

/* Where the result comes from: the books of each sleeve, contributions, and the portfolio against its policy. */

/** Each sleeve's books under netting, and what it contributed. */
export function booksPanel(frame: Frame): Markup {
  const { currency, page } = frame
  const { sleeves, totalReturn } = page.report.attribution
  const amount = (value: number | null): Markup =>
    value === null || value === 0 ? html`<td class="soft">0</td>` : result(money(value, currency, 'both'), value, 0.005)
  const foreign = sleeves.some(({ currencyGain }) => currencyGain !== null)
  const rows = sleeves.map(
    (own) =>
      html`<tr><th scope="row">${sleeveName(frame, own.name)}</th>${amount(own.profit)}${amount(own.realised)}${amount(own.unrealised)}${amount(own.dividends)}${foreign ? amount(own.currencyGain) : null}${amount(own.financing)}${amount(0 - own.fees)}${amount(0 - own.slippage)}${amount(own.crossingGain)}${result(percent(own.contribution, 'both'), own.contribution)}<td>${percentTo(own.riskShare, 1)}</td></tr>`,
  )
  const sum = (pick: (own: (typeof sleeves)[number]) => number | null): number =>
    sleeves.reduce((total, own) => total + (pick(own) ?? 0), 0)
  const foot = html`<tr><th scope="row" class="l">Portfolio</th>${amount(sum((own) => own.profit))}${amount(sum((own) => own.realised))}${amount(sum((own) => own.unrealised))}${amount(sum((own) => own.dividends))}${foreign ? amount(sum((own) => own.currencyGain)) : null}${amount(sum((own) => own.financing))}${amount(0 - sum((own) => own.fees))}${amount(0 - sum((own) => own.slippage))}${amount(sum((own) => own.crossingGain))}${result(percent(totalReturn, 'both'), totalReturn)}<td></td></tr>`
  const columns = [
    '<Sleeve',
    'Profit',
    'Realised',
    'Unrealised',
    'Dividends',
    ...(foreign ? ['Exchange rates'] : []),
    'Financing',
    'Fees',
    'Slippage, within',
    'Crossing gain',
    'Contribution',
    'Of the risk',
  ]
  return panel(
    { title: 'Where the result comes from', unit: currency },
    html`${table({ caption: 'Attribution by sleeve', columns, kind: 'books' }, rows, foot)}
<p class="note">Profit is realised, unrealised, dividends, rates and financing less fees. Slippage is already in the prices of the fills; the crossing gain is what the sleeve would have paid in fees and slippage had it sent what crossed inside. Contributions are to the time-weighted return, on weights as they drifted, and add up.</p>`,
  )
}

function effectCells({ allocation, selection, interaction }: EffectsView): Markup {
  const cell = (value: number | null): Markup => result(percent(value, 'both'), value)
  const whole = allocation === null ? null : allocation + (selection ?? 0) + (interaction ?? 0)
  return html`${cell(allocation)}${cell(selection)}${cell(interaction)}${cell(whole)}`
}

/** Allocation, selection and interaction against the policy, linked over the run. */
export function policyPanel(frame: Frame): Markup {
  const { brinson } = frame.page.report.attribution
  const text = { title: 'Against the policy', unit: 'effects of every day, linked so that they add up' }
  if (brinson.excess === null || frame.page.curves.days.length === 0)
    return panel(text, empty('The policy can be compared once capital was at work on a day.'))
  const rows = brinson.policy.map(({ name, weight, benchmark }, at) => {
    const label = frame.sleeves.has(name) ? sleeveName(frame, name) : html`Cash of the policy`
    return html`<tr><th scope="row">${label}</th><td>${percentTo(weight, 1)}</td><td class="l">${benchmark ?? 'itself'}</td>${effectCells(brinson.sleeves[at]!)}</tr>`
  })
  const foot = html`<tr><th scope="row" class="l">All</th><td></td><td></td>${effectCells(brinson)}</tr>`
  const columns = ['<Sleeve', 'Policy weight', '<Invested in', 'Allocation', 'Selection', 'Interaction', 'Together']
  return panel(
    text,
    html`${table({ caption: 'Brinson attribution by sleeve', columns }, rows, foot)}
<p class="note">Portfolio ${percent(brinson.portfolioReturn, 'both')}, policy ${percent(brinson.policyReturn, 'both')}, difference ${percent(brinson.excess, 'both')}. Allocation: what other weights than the policy's brought. Selection: what being invested otherwise than its benchmarks brought. Interaction: both at once.</p>`,
  )
}
