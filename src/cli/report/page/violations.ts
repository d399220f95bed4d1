import type { ReviewView, ViolationView } from '../../../api/contract/violations.ts'
import { count, money, percent, percentTo, tone } from '../numbers.ts'
import { empty, type Frame, panel, sleeveName, table } from './frame.ts'
import { html, type Markup } from './markup.ts'
import { sentence, spaced, violationFigure } from './words.ts'

/* The log of violations, and what a halt left for review. */

const SHOWN = 12
const LISTED_MAX = 1_000

const when = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 16)}`

function subjectOf(frame: Frame, { about, subject }: Pick<ViolationView, 'about' | 'subject'>): Markup | string {
  if (about === 'portfolio') return 'Portfolio'
  return about === 'sleeve' ? sleeveName(frame, subject) : subject.replaceAll('/', ' / ')
}

/** When and how it ended, and what was noted. */
function endOf({ resolvedAt, resolution, reviewed }: ViolationView): Markup {
  if (resolvedAt === null || resolution === null) return html`open`
  const note = resolution.note === '' ? (reviewed ? '' : '; a review note is due') : `: ${resolution.note}`
  return html`${when(resolvedAt)} <span class="soft">${resolution.how}${note}</span>`
}

function row(frame: Frame, violation: ViolationView): Markup {
  const { severity, rule, value, limit, action } = violation
  const hue = severity === 'critical' || severity === 'high' ? 'down' : 'late'
  return html`<tr><th scope="row">${when(violation.at)}</th><td class="l ${hue}">${sentence(severity)}</td><td class="l">${sentence(spaced(rule))}</td><td class="l">${subjectOf(frame, violation)}</td><td>${violationFigure(rule, value)}</td><td>${violationFigure(rule, limit)}</td><td class="l wrap">${sentence(spaced(action))}</td><td class="l wrap">${endOf(violation)}</td></tr>`
}

function reviewOf(frame: Frame, at: string, { since, drawdown, sleeves, proposal }: ReviewView): Markup {
  const rows = sleeves.map(
    ({ sleeve, profit, share, trades, violations }) =>
      html`<tr><th scope="row">${sleeveName(frame, sleeve)}</th><td class="${tone(profit, 0.005)}">${money(profit, frame.currency, 'both')}</td><td>${percentTo(share, 1)}</td><td>${count(trades)}</td><td>${count(violations)}</td></tr>`,
  )
  const caption = `Since the peak of ${when(since)}`
  const columns = ['<Sleeve', 'Profit', 'Share of the fall', 'Trades', 'Violations']
  return html`<details><summary>Review of the halt on ${when(at)}: ${percent(drawdown)} below the peak</summary>${table({ caption, columns }, rows)}<p class="note">Proposed: ${spaced(proposal.action)}, ${proposal.subject}. ${sentence(proposal.reason)}.</p></details>`
}

export function violationsPanel(frame: Frame): Markup {
  const { violations } = frame.page.report
  const text = { title: 'Violations', unit: 'limits that were breached while holding' }
  if (violations.length === 0) return panel(text, empty('No limit was breached in this period.'))
  const columns = ['<Time, UTC', '<Severity', '<Rule', '<Subject', 'Value', 'Limit', '<Action', '<Resolved']
  const caption = 'Violations in the order of time'
  const rows = violations.slice(0, LISTED_MAX).map((violation) => row(frame, violation))
  const more =
    rows.length > SHOWN
      ? html`<details><summary>Show ${count(rows.length - SHOWN)} more</summary>${table({ caption, columns }, rows.slice(SHOWN))}</details>`
      : null
  const reviews = violations.flatMap(({ at, review }) => (review === null ? [] : [reviewOf(frame, at, review)]))
  return panel(text, html`${table({ caption, columns }, rows.slice(0, SHOWN))}${more}${reviews.slice(0, SHOWN)}`)
}
