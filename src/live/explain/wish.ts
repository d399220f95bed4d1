/** The chain of an entry that waits for an approval: from the bar to the rules, as far as it has come. */
import type { ApprovalRecord } from '../../domain/approvals.ts'
import type { EngineEvent } from '../../domain/events.ts'
import type { Store } from '../../domain/store.ts'
import type { Strategy } from '../../domain/strategy.ts'
import type { TradeDate } from '../../domain/units.ts'
import type { Runtime } from '../../engine/runtime.ts'
import { KERNEL_VERSION } from '../../engine/snapshot.ts'
import { judgementOf, scaleOf, sizeOf } from './explain.ts'
import type { Explanation } from './explanation.ts'
import { type Listener, type Rerun, rerunJournal } from './rerun.ts'
import { SILENT } from './silent.ts'
import { type Seen, type Sought, Witnessing } from './witnessing.ts'

/** What was asked, and the event in which that was. */
interface Asked {
  readonly runtime: Runtime
  readonly record: ApprovalRecord
  readonly event: number
  readonly cycle: number
  readonly tradeDate: TradeDate
}

class AskedFinder implements Listener {
  readonly observer: Listener['observer']
  asked: Asked | null = null
  #runtime: Runtime | null = null
  #event = -1

  constructor(intent: number) {
    this.observer = {
      ...SILENT,
      approval: (record) => {
        if (record.id === intent && record.state === 'asked') this.asked ??= this.#asked(record)
      },
    }
  }

  attach(runtime: Runtime): void {
    this.#runtime = runtime
  }

  before({ seq }: EngineEvent): boolean {
    this.#event = seq
    return this.asked === null
  }

  done(): void {}

  #asked(record: ApprovalRecord): Asked {
    const runtime = this.#runtime!
    const { state, tradeDate } = runtime
    return { runtime, record, event: this.#event, cycle: state.cycle, tradeDate: tradeDate as TradeDate }
  }
}

/** Null where nobody was asked about that intent. Its order is 0: there is none yet. */
async function explainWish(rerun: Rerun, intent: number): Promise<Explanation | null> {
  const finder = new AskedFinder(intent)
  await rerun(finder)
  const { asked } = finder
  if (asked === null) return null
  const sought = soughtOf(asked)
  const witnessing = new Witnessing([sought])
  await rerun(witnessing)
  return explanationOf(asked, sought, witnessing.seen.get(intent)!)
}

/**
 * Of what a store holds.
 *
 * @param span the events of the moment in which it was asked; null: nobody knows
 */
export async function explainStoredWish(
  store: Pick<Store, 'read' | 'snapshotBefore'>,
  portfolio: string,
  strategies: ReadonlyMap<string, Strategy>,
  intent: number,
  span: { readonly first: number; readonly last: number } | null,
): Promise<Explanation | null> {
  const from = span === null ? undefined : await store.snapshotBefore(portfolio, span.first - 1)
  if (span !== null && from?.kernelVersion === KERNEL_VERSION) {
    const near = await explainWish(rerunJournal(store, portfolio, strategies, { from, to: span.last }), intent)
    if (near !== null) return near
  }
  return explainWish(rerunJournal(store, portfolio, strategies), intent)
}

/** A wish is asked about in the event in which it is born. */
function soughtOf({ runtime, record, event }: Asked): Sought {
  const sleeve = runtime.sleeves.findIndex(({ config }) => config.id === record.sleeve)
  return { intent: record.id, event, sleeve, instrument: runtime.byId.get(record.instrument)! }
}

function explanationOf(asked: Asked, { sleeve, instrument }: Sought, seen: Seen): Explanation {
  const { runtime, record, event, cycle, tradeDate } = asked
  const config = runtime.state.config!
  const { judged, sized } = seen
  const scale = scaleOf(runtime, instrument)
  const whole = judged?.isStructure === true ? 1 : scale.whole
  const own = runtime.sleeves[sleeve]!.config
  const wanted = record.quantity / whole
  return {
    portfolio: config.name,
    currency: config.currency,
    order: 0,
    cycle,
    event,
    at: record.askedAt,
    tradeDate,
    instrument: record.label,
    instrumentCurrency: scale.currency,
    type: 'market',
    net: wanted,
    crossed: 0,
    reference: null,
    shares: [
      {
        sleeve: own.id,
        title: own.title,
        strategy: own.strategy,
        intent: record.id,
        event,
        kind: seen.kind,
        at: seen.at,
        reason: record.reason,
        wanted,
        crossed: 0,
        filled: 0,
        bar: seen.bar,
        indicators: seen.indicators,
        size: sized === null ? null : sizeOf(sized),
        judgement: judged === null ? null : judgementOf(judged, whole),
        bookings: [],
      },
    ],
    fills: [],
    end: null,
  }
}
