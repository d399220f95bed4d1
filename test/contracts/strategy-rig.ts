export {
  alteredAfter,
  closeOf,
  cutAfter,
  drawnMarket,
  type RigMarket,
  withPair,
} from '../../src/research/contract/rig-market.ts'
export { rigSymbol } from '../../src/research/contract/rig-records.ts'
export { type SeenWish, strategyRig } from '../../src/research/contract/strategy-rig.ts'
