/** What of the messages of a portfolio is an alert. */
import type { Alert } from '../../domain/alerts.ts'
import type { Message } from '../../domain/bus.ts'
import type { Json } from '../../domain/units.ts'
import { SEVERITIES, type Severity } from '../../domain/violations.ts'

/** Null: nothing that somebody must be told. */
export function alertOf(portfolio: string, { number, at, channel, body }: Message): Alert | null {
  if (channel !== 'risk_alerts') return null
  const rule = textOf(body['rule'])
  const subject = textOf(body['subject'])
  const { incident, state, text } = contentOf(body, rule, subject)
  return {
    id: `${portfolio} message ${number}`,
    portfolio,
    at,
    severity: severityOf(body['severity']),
    rule,
    subject,
    sleeve: rule.startsWith('strategy_') ? subject : null,
    text,
    value: numberOf(body['value']),
    limit: numberOf(body['limit']),
    link: `/risk?portfolio=${encodeURIComponent(portfolio)}`,
    incident,
    state,
  }
}

type Content = Pick<Alert, 'incident' | 'state' | 'text'>

/** Violations and discrepancies have numbers, gates have names; what the desk notices nobody takes back. */
function contentOf(body: Message['body'], rule: string, subject: string): Content {
  const event = textOf(body['event'])
  const violation = body['violation']
  if (violation !== undefined) {
    const text = `the answer is ${textOf(body['action'])}${reviewText(body['review'])}`
    return { incident: `violation ${textOf(violation)}`, state: event === 'resolved' ? 'resolved' : 'raised', text }
  }
  if (body['discrepancy'] !== undefined) {
    const [ours, theirs] = [textOf(body['ours']), textOf(body['theirs'])]
    const text = event === 'resolved' ? textOf(body['resolution']) : `books ${ours}, broker ${theirs}`
    const state = event === 'resolved' ? 'resolved' : 'raised'
    return { incident: `discrepancy ${textOf(body['discrepancy'])}`, state, text }
  }
  const text = textOf(body['text'])
  if (event === 'said') return { incident: `${rule} ${subject}`, state: 'said', text }
  return { incident: `gate ${rule} ${subject}`, state: event === 'opened' ? 'resolved' : 'raised', text }
}

type Named = Readonly<Record<string, Json>>
/** Sleeves of a review that are named; the others lost less. */
const REVIEWED_MAX = 5

/** Of a halt: who lost what since the peak, the most first, and what is proposed. */
function reviewText(review: Json | undefined): string {
  if (!isNamed(review)) return ''
  const sleeves = (Array.isArray(review['sleeves']) ? review['sleeves'] : []).filter(isNamed)
  const worst = [...sleeves].sort((one, other) => (numberOf(other['share']) ?? 0) - (numberOf(one['share']) ?? 0))
  const lost = worst.slice(0, REVIEWED_MAX).map((sleeve) => {
    const share = Math.floor((numberOf(sleeve['share']) ?? 0) * 100 + 0.5)
    const [profit, trades] = [numberOf(sleeve['profit']) ?? 0, textOf(sleeve['trades'])]
    return `${textOf(sleeve['sleeve'])} ${Math.floor(profit + 0.5)} (${share} % of the fall, ${trades} trades)`
  })
  const proposal = isNamed(review['proposal']) ? review['proposal'] : {}
  const [action, subject, reason] = ['action', 'subject', 'reason'].map((name) => textOf(proposal[name]))
  return `; since the peak: ${lost.join(', ')}; proposed: ${action} of ${subject}, ${reason}`
}

function isNamed(value: Json | undefined): value is Named {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function severityOf(value: Json | undefined): Severity {
  return SEVERITIES.find((severity) => severity === value) ?? 'high'
}

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function numberOf(value: Json | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
