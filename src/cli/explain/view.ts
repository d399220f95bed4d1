/** The chain of an order as pages show it: one step after the other, each rule with what it did. */
import type { ExplainStep, ExplainStepKind, ExplainView } from '../../api/contract/explain.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { ConsultedRule } from '../../engine/records/witness.ts'
import type { ExplainedShare, Explanation } from '../../live/explain/explanation.ts'
import { quantityText } from '../report/numbers.ts'
import { explanationDocument } from './document.ts'
import type { Route } from './route.ts'
import { explanationSteps, headline, limitText } from './text.ts'

const KINDS: Readonly<Record<string, ExplainStepKind>> = {
  Bar: 'bar',
  Signal: 'signal',
  Size: 'size',
  Netting: 'netting',
  Route: 'route',
  Fills: 'fill',
  Shares: 'share',
}

export function explainView(explanation: Explanation, route: Route | null): ExplainView {
  const { order, instrument, instrumentCurrency, at, tradeDate, net } = explanation
  const steps = explanationSteps(explanation, route).flatMap(([title, lines]): readonly ExplainStep[] =>
    title === 'Rules'
      ? explanation.shares.flatMap(ruleSteps)
      : lines.map((line) => lineStep(KINDS[title]!, title, line, explanation)),
  )
  return {
    order,
    instrument,
    symbol: instrument,
    currency: instrumentCurrency,
    at: new Date(at).toISOString(),
    tradeDate: formatDate(tradeDate),
    net: plain(net),
    summary: headline(explanation),
    steps,
    document: explanationDocument(explanation, route),
  }
}

/** What is known of a wish that is not ordered yet. */
const OF_A_WISH: ReadonlySet<ExplainStepKind> = new Set(['bar', 'signal', 'size', 'rule'])

/** The chain of an entry that waits for an approval, as far as it has come. */
export function wishView(explanation: Explanation): ExplainView {
  const view = explainView(explanation, null)
  const [share] = explanation.shares
  return {
    ...view,
    summary: `${share!.title}: ${share!.reason}`,
    steps: view.steps.filter(({ kind }) => OF_A_WISH.has(kind)),
  }
}

/** A line that begins with a sleeve is about it. */
function lineStep(kind: ExplainStepKind, title: string, line: string, { shares }: Explanation): ExplainStep {
  const own = shares.find(({ sleeve }) => line.startsWith(`${sleeve}: `) || line.startsWith(`${sleeve} (`))
  const text = own === undefined ? line : line.slice(line.indexOf(': ') + 2)
  return { kind, sleeve: own?.sleeve ?? null, title, text, outcome: null, at: null, numbers: [] }
}

function ruleSteps({ sleeve, judgement }: ExplainedShare): readonly ExplainStep[] {
  const step = (title: string, text: string, outcome: ExplainStep['outcome']): ExplainStep => {
    return { kind: 'rule', sleeve, title, text, outcome, at: null, numbers: [] }
  }
  if (judgement === null) return [step('Rules', 'What reduces always passes.', 'allowed')]
  const { forbidden, consulted, asked } = judgement
  if (forbidden !== null) {
    return [step(forbidden.rule, `Forbids all ${quantityText(Math.abs(asked))}, whatever the size.`, 'refused')]
  }
  if (consulted.length === 0) return [step('Rules', 'No limit is configured.', 'allowed')]
  return consulted.map((rule) => ({
    ...step(rule.rule, ruleText(rule), outcomeOf(rule)),
    numbers: [
      { name: 'Scope', text: rule.scope },
      { name: 'With it', text: limitText(rule.value) },
      { name: 'Limit', text: limitText(rule.limit) },
    ],
  }))
}

function outcomeOf({ asked, allowed }: ConsultedRule): NonNullable<ExplainStep['outcome']> {
  if (allowed === asked) return 'allowed'
  return allowed === 0 ? 'refused' : 'trimmed'
}

function ruleText(rule: ConsultedRule): string {
  const { asked, allowed } = rule
  if (allowed === asked) return `All ${quantityText(asked)} may pass.`
  return allowed === 0
    ? `Refused ${quantityText(asked)}.`
    : `Trimmed ${quantityText(asked)} to ${quantityText(allowed)}.`
}

/** Decimal text for programs. */
function plain(quantity: number): string {
  const text = quantity.toFixed(8).replace(/\.?0+$/, '')
  return text === '-0' ? '0' : text
}
