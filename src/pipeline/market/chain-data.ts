import type { OptionChain } from '../../domain/market.ts'
import { type ModelChainData, modelChain } from './model-chains.ts'
import { type RecordedChainData, recordedChainFrom } from './recorded-chains.ts'

/** The chain whose `data()` this was: the same quotes, to the last bit. */
export function chainFrom(data: unknown): OptionChain {
  const known = data as ModelChainData | RecordedChainData
  return known.origin === 'model' ? modelChain(known) : recordedChainFrom(known)
}
