/** A process that writes a store until it cannot, or until it is killed: says how far it came. */
import { setTimeout as wait } from 'node:timers/promises'
import { openStore } from '../../src/adapters/store/open.ts'
import { FaultError } from '../../src/domain/faults.ts'
import { rowsFrom } from '../contracts/rows.ts'

const [, , file = '', commits = '0', rows = '1', pause = '0'] = process.argv

function say(told: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(told)}\n`)
}

say({ began: true })
try {
  const store = await openStore(file, { create: true })
  const lease = await store.lease('one')
  if (lease === null) throw new Error('no lease')
  let next = (await store.extents())[0]?.rows ?? 0
  say({ opened: true, next })
  for (let commit = 0; commit < Number(commits); commit += 1) {
    await store.commit('one', lease, { rows: rowsFrom(next, Number(rows)) })
    next += Number(rows)
    say({ next })
    if (Number(pause) > 0) await wait(Number(pause))
  }
  await lease.release()
  await store.close()
} catch (error) {
  const code = error instanceof FaultError ? error.fault.code : ''
  say({ failed: error instanceof Error ? error.message : String(error), code })
}
