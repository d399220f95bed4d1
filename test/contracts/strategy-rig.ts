export {
  alteredAfter,
  cutAfter,
  drawnMarket,
  type RigMarket,
  withPair,
} from '../../src/research/contract/rig-market.ts'
export { type SeenWish, strategyRig } from '../../src/research/contract/strategy-rig.ts'
