import type { Instrument } from '../../domain/instruments.ts'
import type { DatedAction } from '../../domain/market.ts'
import type { MarketRecord } from '../../domain/market-records.ts'
import type { Sessions } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import { borrowActions, fundingActions } from '../../pipeline/market/financing.ts'
import type { LoadedPortfolio } from '../config/loaded.ts'

/** What holding the instrument costs and earns over a run: funding and borrowing as recorded, else the rate declared. */
export function financingOf(
  loaded: LoadedPortfolio,
  instrument: Instrument,
  sessions: Sessions,
  reach: { readonly from: TradeDate; readonly to: TradeDate },
  records: readonly MarketRecord[] = [],
): DatedAction[] {
  const declared = loaded.instruments.find((declaration) => declaration.instrument.id === instrument.id)
  const own = records.filter((record) => record.instrument === instrument.id)
  const borrow = own.filter((record) => record.kind === 'borrow')
  const terms = { rate: declared?.borrowRate ?? 0, records: borrow }
  return [
    ...fundingActions(
      own.filter((record) => record.kind === 'funding'),
      sessions,
    ),
    ...(instrument.shortable ? borrowActions(instrument.id, terms, sessions, reach) : []),
  ]
}
