import { formatDate } from '../../domain/sessions.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import type { ConsultedRule } from '../../engine/records/witness.ts'
import type { ExplainedShare, Explanation } from '../../live/explain/explanation.ts'
import { finite, known } from '../report/numbers.ts'
import type { Route } from './route.ts'

const moment = (at: Instant): string => new Date(at).toISOString()
const day = (date: TradeDate): string => formatDate(date)

/** The document of `--json`: instants and days as text, figures finite or null. */
export function explanationDocument(explanation: Explanation, route: Route | null): Readonly<Record<string, unknown>> {
  const { at, tradeDate, shares, fills, end, ...rest } = explanation
  return {
    ...rest,
    at: moment(at),
    tradeDate: day(tradeDate),
    shares: shares.map(shareDocument),
    route:
      route === null
        ? null
        : {
            ...route,
            intendedAt: moment(route.intendedAt),
            changedAt: moment(route.changedAt),
            executions: route.executions.map((one) => ({ ...one, at: moment(one.at) })),
          },
    fills: fills.map((fill) => ({ ...fill, at: moment(fill.at) })),
    end: end === null ? null : { ...end, at: moment(end.at) },
  }
}

function shareDocument({ at, bar, judgement, bookings, ...rest }: ExplainedShare): Readonly<Record<string, unknown>> {
  return {
    ...rest,
    at: moment(at),
    bar: bar === null ? null : { ...bar, tradeDate: day(bar.tradeDate) },
    judgement: judgement === null ? null : { ...judgement, consulted: judgement.consulted.map(ruleDocument) },
    bookings: bookings.map((booking) => ({ ...booking, at: moment(booking.at), realised: known(booking.realised) })),
  }
}

/** A limit that does not speak is infinite: null. */
function ruleDocument(rule: ConsultedRule): Readonly<Record<string, unknown>> {
  return { ...rule, value: finite(rule.value), limit: finite(rule.limit) }
}
