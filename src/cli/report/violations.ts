import type { ReviewView, ViolationView } from '../../api/contract/violations.ts'
import type { Violation } from '../../domain/risk.ts'
import { formatInstant } from '../../domain/sessions.ts'
import type { HaltReview } from '../../domain/violations.ts'
import { type Column, csvText } from './csv.ts'
import { finite, known } from './numbers.ts'

/* The log of violations: as JSON and as a table. */

export function violationViews(violations: readonly Violation[]): ViolationView[] {
  return violations.map(({ at, value, limit, resolvedAt, resolution, review, severity, ...rest }) => ({
    id: rest.id,
    at: formatInstant(at),
    severity,
    rule: rest.rule,
    about: rest.about,
    subject: rest.subject,
    value: finite(value),
    limit: finite(limit),
    action: rest.action,
    resolvedAt: resolvedAt === null ? null : formatInstant(resolvedAt),
    resolution: resolution === null ? null : { ...resolution, value: finite(resolution.value) },
    review: review === null ? null : reviewView(review),
    reviewed: severity === 'low' || (resolution !== null && resolution.note !== ''),
    parameters: rest.parameters,
  }))
}

function reviewView({ since, drawdown, sleeves, proposal }: HaltReview): ReviewView {
  return {
    since: formatInstant(since),
    drawdown: known(drawdown),
    sleeves: sleeves.map((sleeve) => ({ ...sleeve, profit: known(sleeve.profit), share: known(sleeve.share) })),
    proposal,
  }
}

export const VIOLATION_COLUMNS: readonly Column<Violation>[] = [
  { name: 'id', cell: ({ id }) => id },
  { name: 'at', cell: ({ at }) => formatInstant(at) },
  { name: 'severity', cell: ({ severity }) => severity },
  { name: 'rule', cell: ({ rule }) => rule },
  { name: 'about', cell: ({ about }) => about },
  { name: 'subject', cell: ({ subject }) => subject },
  { name: 'value', cell: ({ value }) => finite(value) },
  { name: 'limit', cell: ({ limit }) => finite(limit) },
  { name: 'action', cell: ({ action }) => action },
  { name: 'resolved_at', cell: ({ resolvedAt }) => (resolvedAt === null ? null : formatInstant(resolvedAt)) },
  { name: 'resolution', cell: ({ resolution }) => resolution?.how ?? null },
  { name: 'resolution_value', cell: ({ resolution }) => (resolution === null ? null : finite(resolution.value)) },
  { name: 'note', cell: ({ resolution }) => resolution?.note ?? null },
]

export function violationsTable(violations: readonly Violation[]): string {
  return csvText(VIOLATION_COLUMNS, violations)
}
