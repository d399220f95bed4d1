import type { EngineEvent } from '../../domain/events.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { Runtime } from '../../engine/runtime.ts'
import { count, decimal, quantityText } from '../report/numbers.ts'

const FILLS_SHOWN_MAX = 3

/** What an event says, in a few words. */
export function eventWords(event: EngineEvent, { state, symbols }: Runtime): string {
  switch (event.kind) {
    case 'configured':
      return event.seq === 0 ? event.config.name : `${event.config.name} is configured anew`
    case 'listed':
      return event.instrument.symbol
    case 'sessions':
      return event.calendar
    case 'slices':
      return event.slices.map(({ clock, instruments }) => `${clock} close of ${count(instruments.length)}`).join(', ')
    case 'quotes':
      return `${event.phase} of ${count(event.quotes.count)}, ${formatDate(event.tradeDate)}`
    case 'decided':
      return `${event.sleeve}: ${event.fault ?? `${count(event.intents.length)} intents`}`
    case 'order':
      return `${event.order} ${event.state}${event.evidence === '' ? '' : ` (${event.evidence})`}`
    case 'fills':
      return fillWords(event, (index) => ({
        symbol: symbols[index] ?? '',
        whole: state.instruments[index]?.unitsPerWhole ?? 1,
      }))
    case 'rates':
      return event.rates.map(({ currency, rate }) => `${currency} ${decimal(rate, 4)}`).join(', ')
    case 'announced':
      return event.dividends.map(({ instrument }) => instrument).join(', ')
    case 'corporateAction':
      return `${event.action.kind} of ${event.action.instrument}`
    case 'cash':
      return `${event.cause} of ${decimal(event.amount, 0)} counts of ${event.currency}`
    case 'operator':
      return `${event.command.kind} by ${event.actor}`
    case 'gate':
      return `${event.gate} ${event.isOpen ? 'opened' : 'shut'}${event.instrument === null ? '' : ` for ${event.instrument}`}: ${event.reason}`
    case 'alert':
      return `${event.rule}: ${event.text}`
    case 'mode':
      return `${event.mode}: ${event.reason}`
    default:
      return ''
  }
}

function fillWords(
  { fills }: Extract<EngineEvent, { kind: 'fills' }>,
  traded: (index: number) => { readonly symbol: string; readonly whole: number },
): string {
  const shown = Array.from({ length: Math.min(fills.count, FILLS_SHOWN_MAX) }, (_, row) => {
    const { symbol, whole } = traded(fills.instrument[row]!)
    const quantity = fills.quantity[row]! / whole
    const size = `${quantity < 0 ? '−' : '+'}${quantityText(Math.abs(quantity))}`
    return `${size} ${symbol} at ${decimal(fills.price[row]!, 4)} (order ${fills.order[row]!})`
  })
  const more = fills.count - shown.length
  return more > 0 ? `${shown.join(', ')} and ${count(more)} more` : shown.join(', ')
}
