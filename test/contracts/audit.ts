import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OpenedStore } from '../../src/adapters/store/sql-store.ts'
import type { AuditEntry } from '../../src/domain/audit.ts'
import type { Lease } from '../../src/domain/store.ts'
import type { Instant } from '../../src/domain/units.ts'
import { rowsFrom } from './rows.ts'

const AT = 1_700_000_000_000 as Instant

const entry = (action: string, portfolio = 'one'): Omit<AuditEntry, 'number'> => ({
  portfolio,
  at: AT,
  actor: 'me',
  action,
  subject: 's0',
  before: { weight: 0.1 },
  after: { weight: 0.2, note: `it's "so"` },
  requestId: 'r1',
})

/** What every store keeps of what people did and wrote. */
export function auditContract(
  name: string,
  prepare: () => Promise<{
    readonly open: () => Promise<OpenedStore>
    /** Runs a statement behind the store's back. */
    readonly change: (statement: string) => Promise<void>
  }>,
): void {
  describe(`${name}: who did what`, () => {
    let under: Awaited<ReturnType<typeof prepare>>
    let store: OpenedStore
    let lease: Lease
    beforeEach(async () => {
      under = await prepare()
      store = await under.open()
      lease = (await store.lease('one'))!
      await store.commit('one', lease, { rows: rowsFrom(0, 1) })
    })
    afterEach(async () => {
      await lease.release()
      await store.close()
    })

    it('numbers entries without gaps, also those that several processes write at once', async () => {
      const other = await under.open()
      const all = [store, other, store, other].map(({ audit }, place) => audit.record(entry(`act ${place}`)))
      await Promise.all(all)
      await store.audit.record(entry('else', 'two'))
      const entries = await other.audit.entries('one', 1)
      expect(entries.map(({ number }) => number)).toEqual([1, 2, 3, 4])
      expect(new Set(entries.map(({ action }) => action)).size).toBe(4)
      expect(entries[0]).toMatchObject({ ...entry(entries[0]!.action), number: 1 })
      expect(await store.audit.entries('one', 4)).toHaveLength(1)
      expect((await store.check()).problems).toEqual([])
      await other.close()
    })

    it('finds an entry that was changed, and one that is gone', async () => {
      for (const action of ['a', 'b', 'c']) await store.audit.record(entry(action))
      await under.change("UPDATE audit SET actor = 'nobody' WHERE number = 2")
      expect((await store.check()).problems).toEqual(['entry 2 of the audit log of "one" was changed'])
      await under.change('DELETE FROM audit WHERE number = 2')
      expect(await store.audit.broken('one')).toBe('the audit log of "one" goes from 1 to 3')
    })

    it('misses entries that were taken away at the end, and what says where that is', async () => {
      for (const action of ['a', 'b', 'c']) await store.audit.record(entry(action))
      expect(await store.audit.head('one')).toMatchObject({ number: 3, hash: await store.audit.link('one', 3) })
      expect(await store.audit.link('one', 4)).toBeNull()
      expect(await store.audit.chains()).toEqual(['one'])
      await under.change('DELETE FROM audit WHERE number > 1')
      const gone = 'the audit log of "one" was written up to entry 3 and ends with 1: entries are gone'
      expect((await store.check()).problems).toEqual([gone])
      await under.change('DELETE FROM audit_head')
      expect(await store.audit.broken('one')).toMatch(/entries are gone|has lost what says where it ends/)
      await under.change('DELETE FROM audit')
      await store.audit.record(entry('anew'))
      await under.change('UPDATE audit_head SET number = 2')
      expect(await store.audit.broken('one')).toMatch(/was written up to entry \d and ends with 1/)
    })

    it('has what became of a command with the commit that made it true', async () => {
      const command = { id: 'k1', portfolio: 'one', actor: 'anna', at: AT, seen: 0, until: null }
      await store.control.ask({ ...command, body: { kind: 'kill', reason: 'enough' } })
      await store.control.begin('one')
      const answers = [{ id: 'k1', state: 'done' as const, answer: 'all is cancelled' }]
      await expect(store.commit('one', { epoch: lease.epoch + 1 }, { rows: rowsFrom(1, 1), answers })).rejects.toThrow()
      expect(await store.audit.entries('one', 1)).toEqual([])
      await store.commit('one', lease, { rows: rowsFrom(1, 1), answers })
      expect(await store.audit.entries('one', 1)).toMatchObject([
        {
          actor: 'anna',
          action: 'kill',
          before: { asked: { reason: 'enough' }, seen: 0 },
          after: { state: 'done', answer: 'all is cancelled' },
          requestId: 'k1',
        },
      ])
    })

    it('never refuses a commit because somebody else writes into the log at the same moment', async () => {
      const other = await under.open()
      const ids = Array.from({ length: 8 }, (_, place) => `k${place}`)
      const command = { portfolio: 'one', actor: 'anna', at: AT, seen: 0, until: null }
      for (const id of ids) await store.control.ask({ ...command, id, body: { kind: 'kill', reason: id } })
      await store.control.begin('one')
      const commits = (async () => {
        for (const [place, id] of ids.entries()) {
          const answers = [{ id, state: 'done' as const, answer: '' }]
          await store.commit('one', lease, { rows: rowsFrom(1 + place, 1), answers })
        }
      })()
      await Promise.all([commits, ...ids.map((id) => other.audit.record(entry(id)))])
      const entries = await store.audit.entries('one', 1)
      expect(entries.map(({ number }) => number)).toEqual(Array.from({ length: 16 }, (_, place) => place + 1))
      expect((await store.check()).problems).toEqual([])
      await other.close()
    })
  })
}
