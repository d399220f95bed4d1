/** What the kernel is told of a comparison, in the order in which it must hear it. */
import type { BrokerSnapshot } from '../../domain/broker.ts'
import type { ExternalFinding } from '../../domain/external.ts'
import { type CurrencyCode, type InstrumentId, money, type Price, type Quantity, quantity } from '../../domain/units.ts'
import type { EventBody } from '../../engine/run/broker-side.ts'
import type { Runtime } from '../../engine/runtime.ts'
import type { Adoption, Verdict } from './compare.ts'
import { foreignInstrument, foreignInstrumentId } from './foreign-instrument.ts'
import { ownBooks } from './own-books.ts'

/** Begins every reason that is ours: gates and modes that others set, others lift. */
export const RECONCILIATION = 'reconciliation'
export const BOOKS_DIFFER = `${RECONCILIATION}: books and broker differ`

type Compared = Extract<Verdict, { state: 'compared' }>

/** A mark of what nobody here trades is told again when it has moved by more than this part. */
const MARK_MOVE = 0.01

export function toldOf(runtime: Runtime, snapshot: BrokerSnapshot, verdict: Compared): readonly EventBody[] {
  const bodies: EventBody[] = []
  const { config, instruments } = runtime.state
  let index = instruments.length
  for (const adoption of verdict.adoptions) {
    if (adoption.kind === 'position' && adoption.instrument === null) {
      const place = { index, currency: config!.currency, calendar: config!.dayCalendar }
      bodies.push({ kind: 'listed', instrument: foreignInstrument({ symbol: adoption.subject }, place) })
      index += 1
    }
    if (adoption.amount !== 0) bodies.push({ kind: 'external', finding: findingOf(runtime, adoption) })
  }
  bodies.push(...marksOf(runtime, snapshot), ...workOf(runtime, verdict))
  const { accountNumber, cursor } = snapshot
  const { discrepancies } = verdict
  bodies.push({ kind: 'reconciled', reconciliation: { accountNumber, cursor, discrepancies } })
  bodies.push(...freezesOf(runtime, verdict.frozen), ...modeOf(runtime, verdict.mayTrade))
  return bodies
}

function findingOf(runtime: Runtime, { id, kind, subject, instrument, position, amount }: Adoption): ExternalFinding {
  if (kind === 'cash') {
    const cash = [{ currency: subject as CurrencyCode, amount: money(amount) }]
    return { id, instrument: null, quantity: quantity(0), price: 0 as Price, cash, evidence: RECONCILIATION }
  }
  const listed = instrument ?? foreignInstrumentId(subject)
  const mark = runtime.state.mark[runtime.byId.get(listed) ?? -1] ?? Number.NaN
  // Of what nobody knows a price it is worth nothing until somebody does.
  const price = Number.isNaN(mark) ? (position?.price ?? (0 as Price)) : (mark as Price)
  return { id, instrument: listed, quantity: quantity(amount), price, cash: [], evidence: RECONCILIATION }
}

/** Prices of what has no bars, as the broker shows them. */
function marksOf({ state, byId }: Runtime, { positions }: BrokerSnapshot): readonly EventBody[] {
  return positions.flatMap(({ symbol, price }): EventBody[] => {
    const id = foreignInstrumentId(symbol)
    const index = byId.get(id)
    if (index === undefined || price === null) return []
    const mark = state.mark[index]!
    if (Math.abs(price - mark) <= Math.abs(mark) * MARK_MOVE) return []
    const none = { quantity: quantity(0), cash: [], evidence: RECONCILIATION } as const
    return [{ kind: 'external', finding: { id: `mark-${symbol}`, instrument: id, price, ...none } }]
  })
}

/** Foreign orders that are on their way now, and those that are no more. */
function workOf(runtime: Runtime, { working }: Compared): readonly EventBody[] {
  const before = ownBooks(runtime).working
  return [...new Set([...working.keys(), ...before.keys()])].flatMap((instrument): EventBody[] => {
    const [was, is] = [before.get(instrument) ?? NO_WORK, working.get(instrument) ?? NO_WORK]
    if (!runtime.byId.has(instrument) || (was.buys === is.buys && was.sells === is.sells)) return []
    const work = { buys: is.buys as Quantity, sells: is.sells as Quantity }
    const price = (runtime.state.mark[runtime.byId.get(instrument)!] || 0) as Price
    const none = { quantity: quantity(0), cash: [], evidence: RECONCILIATION } as const
    return [{ kind: 'external', finding: { id: `work-${instrument}`, instrument, price, working: work, ...none } }]
  })
}

const NO_WORK = { buys: 0, sells: 0 }

function freezesOf({ state }: Runtime, frozen: ReadonlySet<InstrumentId>): readonly EventBody[] {
  const held = (state.gates?.shut ?? []).filter(({ gate, instrument }) => gate === 'frozen' && instrument >= 0)
  const shut = new Map(held.map(({ instrument, reason }) => [state.instruments[instrument]!.id, reason]))
  const reason = `${RECONCILIATION}: the sleeves hold more than the account does`
  const shuts = [...frozen].filter((instrument) => !shut.has(instrument))
  const opens = [...shut].filter(([instrument, why]) => why.startsWith(RECONCILIATION) && !frozen.has(instrument))
  return [
    ...shuts.map((instrument) => ({ kind: 'gate', gate: 'frozen', isOpen: false, instrument, reason }) as const),
    ...opens.map(
      ([instrument]) =>
        ({ kind: 'gate', gate: 'frozen', isOpen: true, instrument, reason: `${RECONCILIATION}: explained` }) as const,
    ),
  ]
}

function modeOf({ state }: Runtime, mayTrade: boolean): readonly EventBody[] {
  const { mode, modeReason } = state.gates ?? { mode: 'active', modeReason: '' }
  if (!mayTrade && mode === 'active') return [{ kind: 'mode', mode: 'reducing', reason: BOOKS_DIFFER }]
  if (mayTrade && mode === 'reducing' && modeReason.startsWith(RECONCILIATION))
    return [{ kind: 'mode', mode: 'active', reason: `${RECONCILIATION}: books and broker agree` }]
  return []
}
