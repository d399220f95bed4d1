/** Which of what a sleeve was shown or charged nobody ever published. */
import type { SleeveConfig } from '../../domain/config.ts'
import { type MarketRecord, NO_RECORDS, type RecordKind } from '../../domain/market-records.ts'

const NONE: readonly RecordKind[] = []
/** Kinds that cost or pay whoever holds the instrument, whatever its strategy reads. */
const CASH: readonly RecordKind[] = ['funding', 'borrow']

/** Kinds of synthetic records on a sleeve's instruments that its strategy reads, or that its positions pay for; in order of name. */
export function syntheticKinds(
  { universe }: SleeveConfig,
  reads: readonly RecordKind[],
  records: readonly MarketRecord[] = NO_RECORDS,
): readonly RecordKind[] {
  if (records.length === 0) return NONE
  const own = new Set(universe)
  const kinds = new Set<RecordKind>()
  for (const { origin, kind, instrument } of records) {
    if (origin !== 'synthetic' || kinds.has(kind) || !own.has(instrument)) continue
    if (CASH.includes(kind) || reads.includes(kind)) kinds.add(kind)
  }
  return [...kinds].sort((one, other) => (one < other ? -1 : 1))
}
