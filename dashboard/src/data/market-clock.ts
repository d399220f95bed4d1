import { useStore } from '../state/store.ts'
import { instantOf } from '../times.ts'
import { useSecond } from './clock.ts'
import { engine } from './socket.ts'

/** Now where the market is: of a market that is replayed its own moment, else the server's. */
export function useMarketNow(): number {
  const now = useSecond()
  const replayed = useStore(engine, (view) => (view !== null && view.dataAge === null ? view.marketAt : null))
  return instantOf(replayed) ?? now
}
