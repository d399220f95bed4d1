import { controlContract } from '../contracts/control.ts'
import { orderStoreContract } from '../contracts/order-store.ts'
import { type StoreUnderTest, storeContract } from '../contracts/store.ts'
import { createDisk } from './disk.ts'
import { diskControl } from './disk-control.ts'
import { diskStore, IDLE_ACCESS } from './disk-store.ts'

/* The simulated disk keeps what every store keeps: what is proved on it holds on the real ones. */

function prepare(): Promise<StoreUnderTest> {
  const disk = createDisk('simulated')
  const journalOf = (portfolio: string) => disk.tables(portfolio).journal
  return Promise.resolve({
    open: () => Promise.resolve(diskStore(disk, IDLE_ACCESS)),
    tamper: (portfolio, seq) => {
      const kept = journalOf(portfolio)[seq]!
      journalOf(portfolio)[seq] = { ...kept, row: { ...kept.row, payload: Uint8Array.of(0) } }
      return Promise.resolve()
    },
    lose: (portfolio, seq) => {
      journalOf(portfolio).splice(seq, 1)
      return Promise.resolve()
    },
    remove: () => Promise.resolve(),
  })
}

storeContract('a store on a simulated disk', prepare)
orderStoreContract('a store on a simulated disk', prepare)
controlContract('what processes tell each other on a simulated disk', () => {
  const disk = createDisk('simulated')
  return Promise.resolve(() =>
    Promise.resolve({ ...diskStore(disk, IDLE_ACCESS), control: diskControl(disk, IDLE_ACCESS) }),
  )
})
