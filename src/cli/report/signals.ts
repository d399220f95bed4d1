import { formatDate, formatInstant } from '../../domain/sessions.ts'
import type { SignalRecord } from '../../engine/records/result.ts'
import type { Column } from './csv.ts'
import { finite, known } from './numbers.ts'

/** What strategies said of entries that they were sure of to a degree. */
export const SIGNAL_COLUMNS: readonly Column<SignalRecord>[] = [
  { name: 'at', cell: (signal) => formatInstant(signal.at) },
  { name: 'trade_date', cell: (signal) => formatDate(signal.tradeDate) },
  { name: 'sleeve', cell: (signal) => signal.sleeve },
  { name: 'instrument', cell: (signal) => signal.instrument },
  { name: 'side', cell: (signal) => (signal.quantity > 0 ? 'buy' : 'sell') },
  { name: 'confidence', cell: (signal) => finite(signal.confidence) },
  { name: 'price', cell: (signal) => finite(signal.price) },
  { name: 'stop', cell: (signal) => finite(signal.stop) },
  { name: 'target', cell: (signal) => finite(signal.target) },
  { name: 'quantity', cell: (signal) => known(signal.quantity) },
  { name: 'regime', cell: (signal) => signal.regime },
  { name: 'reason', cell: (signal) => signal.reason },
]
