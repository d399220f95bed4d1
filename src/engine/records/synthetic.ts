/** Which of what a sleeve was shown, charged or traded at nobody ever published. */
import type { SleeveConfig } from '../../domain/config.ts'
import type { MarketData } from '../../domain/market.ts'
import { NO_RECORDS, type RecordKind } from '../../domain/market-records.ts'

/** Kinds that cost or pay whoever holds the instrument, whatever its strategy reads. */
const CASH: readonly RecordKind[] = ['funding', 'borrow']

/**
 * Kinds of synthetic records on a sleeve's instruments that its strategy reads, or that its positions pay for, in order of
 * name; and prices of futures that were generated.
 */
export function syntheticData(
  { universe }: SleeveConfig,
  reads: readonly RecordKind[],
  { records = NO_RECORDS, instruments }: Pick<MarketData, 'records' | 'instruments'>,
): readonly (RecordKind | 'futures prices')[] {
  const own = new Set(universe)
  const kinds = new Set<RecordKind>()
  for (const { origin, kind, instrument } of records) {
    if (origin !== 'synthetic' || kinds.has(kind) || !own.has(instrument)) continue
    if (CASH.includes(kind) || reads.includes(kind)) kinds.add(kind)
  }
  const found = [...kinds].sort((one, other) => (one < other ? -1 : 1))
  const isMade = instruments.some(({ id, isSynthetic }) => isSynthetic === true && own.has(id))
  return isMade ? [...found, 'futures prices'] : found
}
