import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { JournalRow, Lease, Store } from '../../src/domain/store.ts'
import type { Instant } from '../../src/domain/units.ts'
import { rowsFrom } from './rows.ts'

/** Opens the same store again: what one handle has written, another one reads. */
export interface StoreUnderTest {
  open(): Promise<Store>
  /** Changes a byte of the payload of an event, behind the store's back. */
  tamper(portfolio: string, seq: number): Promise<void>
  /** Takes an event out, behind the store's back. */
  lose(portfolio: string, seq: number): Promise<void>
  remove(): Promise<void>
}

async function all(rows: AsyncIterable<JournalRow>): Promise<JournalRow[]> {
  const list: JournalRow[] = []
  for await (const row of rows) list.push({ ...row, payload: Uint8Array.from(row.payload) })
  return list
}

/** What every store keeps, whichever database holds it. */
export function storeContract(name: string, prepare: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let under: StoreUnderTest
    let store: Store
    let lease: Lease
    let second: Lease
    beforeEach(async () => {
      under = await prepare()
      store = await under.open()
      lease = (await store.lease('one'))!
      second = (await store.lease('two'))!
    })
    afterEach(async () => {
      await lease.release()
      await second.release()
      await store.close()
      await under.remove()
    })

    it('gives back what it was given, in order, from any event on, also beyond a page', async () => {
      const rows = rowsFrom(0, 2_345)
      await store.commit('one', lease, { rows: rows.slice(0, 1_000) })
      await store.commit('one', lease, { rows: rows.slice(1_000) })
      await store.commit('two', second, { rows: rowsFrom(0, 3) })
      expect(await all(store.read('one', 0))).toEqual(rows)
      expect(await all(store.read('one', 2_340))).toEqual(rows.slice(2_340))
      expect(await all(store.read('two', 0))).toEqual(rowsFrom(0, 3))
      expect(await all(store.read('three', 0))).toEqual([])
    })

    it('keeps its id, its events and their chain when it is opened again', async () => {
      await store.commit('one', lease, { rows: rowsFrom(0, 5) })
      const before = await store.extents()
      const other = await under.open()
      expect(other.id).toBe(store.id)
      expect(await other.extents()).toEqual(before)
      await other.commit('one', lease, { rows: rowsFrom(5, 2) })
      expect((await other.check()).problems).toEqual([])
      await other.close()
    })

    it('gives its leases back when it is closed', async () => {
      const other = await under.open()
      const taken = await other.lease('three')
      expect(taken).not.toBeNull()
      expect(await store.lease('three')).toBeNull()
      await other.close()
      const next = await store.lease('three')
      expect(next?.epoch).toBe(2)
      // Whoever had it gives nothing back twice.
      await taken!.release()
      const third = await under.open()
      expect(await third.lease('three')).toBeNull()
      await third.close()
      await next!.release()
    })

    it('refuses a gap, an overlap, and a second writer, and keeps nothing of what it refuses', async () => {
      await store.commit('one', lease, { rows: rowsFrom(0, 5) })
      await expect(store.commit('one', lease, { rows: rowsFrom(6, 1) })).rejects.toThrow('goes on with event 5, not 6')
      await expect(store.commit('one', lease, { rows: rowsFrom(4, 2) })).rejects.toThrow('goes on with event 5, not 4')
      const other = await under.open()
      await other.commit('one', lease, { rows: rowsFrom(5, 1) })
      await store.commit('one', lease, { rows: rowsFrom(6, 2) })
      await expect(other.commit('one', lease, { rows: rowsFrom(6, 3) })).rejects.toThrow('another process writes it')
      await other.close()
      expect(await all(store.read('one', 0))).toEqual([...rowsFrom(0, 5), ...rowsFrom(5, 1), ...rowsFrom(6, 2)])
      expect((await store.check()).problems).toEqual([])
    })

    it('lets one process write a portfolio: the next one waits, and who lost the lease is refused', async () => {
      const other = await under.open()
      expect(await other.lease('one')).toBeNull()
      const third = (await other.lease('three'))!
      expect(third.epoch).toBe(1)
      await third.release()
      await store.commit('one', lease, { rows: rowsFrom(0, 2) })
      await lease.release()
      const next = (await other.lease('one'))!
      expect(next.epoch).toBe(lease.epoch + 1)
      await expect(store.commit('one', lease, { rows: rowsFrom(2, 1) })).rejects.toThrow('was taken over by')
      await other.commit('one', next, { rows: rowsFrom(2, 1) })
      expect(await all(store.read('one', 0))).toEqual(rowsFrom(0, 3))
      await next.release()
      await other.close()
      lease = (await store.lease('one'))!
      expect(lease.epoch).toBe(next.epoch + 1)
    })

    it('keeps states with the events that led to them, and finds the last one before an event', async () => {
      const state = (seq: number) => ({ seq, kernelVersion: 1, payload: Uint8Array.from([seq, 0, 255]) })
      await store.commit('one', lease, { rows: rowsFrom(0, 4), snapshot: state(3) })
      await store.commit('one', lease, { rows: rowsFrom(4, 4), snapshot: state(7) })
      const found = async (seq: number) => (await store.snapshotBefore('one', seq))?.seq
      expect(await found(2)).toBeUndefined()
      expect(await found(3)).toBe(3)
      expect(await found(6)).toBe(3)
      expect(await found(Number.MAX_SAFE_INTEGER)).toBe(7)
      expect(Array.from((await store.snapshotBefore('one', 7))!.payload)).toEqual([7, 0, 255])
      expect(await store.snapshotBefore('two', 7)).toBeUndefined()
    })

    it('numbers messages without gaps, one portfolio apart from the other, and knows how far each bus is', async () => {
      const message = (text: string) => ({
        at: 5 as Instant,
        channel: 'orders' as const,
        body: { text, list: [1, null] },
      })
      await store.commit('one', lease, { rows: rowsFrom(0, 1), messages: [message('a'), message('b')] })
      await store.commit('one', lease, { rows: rowsFrom(1, 1) })
      await store.commit('two', second, { rows: rowsFrom(0, 1), messages: [message('x')] })
      const other = await under.open()
      await other.commit('one', lease, { rows: rowsFrom(2, 1), messages: [message('c')] })
      await other.close()
      const told: [number, unknown][] = []
      for await (const { number, body } of store.messages('one', 2)) told.push([number, body])
      expect(told).toEqual([
        [2, { text: 'b', list: [1, null] }],
        [3, { text: 'c', list: [1, null] }],
      ])
      expect(await store.delivered('one', 'redis')).toBe(0)
      await store.confirm('one', 'redis', 2)
      await store.confirm('one', 'redis', 3)
      expect(await store.delivered('one', 'redis')).toBe(3)
      expect(await store.delivered('one', 'other')).toBe(0)
    })

    it('knows up to which event everything was told, also when it is opened again', async () => {
      expect(await store.toldTo('one')).toBe(-1)
      await store.commit('one', lease, { rows: rowsFrom(0, 3) })
      expect(await store.toldTo('one')).toBe(2)
      await store.commit('one', lease, { rows: rowsFrom(3, 2), isAhead: true })
      await store.commit('one', lease, { rows: rowsFrom(5, 1), isAhead: true })
      expect(await store.toldTo('one')).toBe(2)
      const other = await under.open()
      await other.commit('one', lease, { rows: rowsFrom(6, 1), isAhead: true })
      expect(await other.toldTo('one')).toBe(2)
      const message = { at: 5 as Instant, channel: 'orders' as const, body: { text: 'of all of them' } }
      await other.commit('one', lease, { rows: [], messages: [message] })
      await other.close()
      expect([await store.toldTo('one'), await store.toldTo('two')]).toEqual([6, -1])
    })

    it('finds an event that was changed, and one that is gone', async () => {
      await store.commit('one', lease, { rows: rowsFrom(0, 20) })
      await store.commit('two', second, { rows: rowsFrom(0, 20) })
      await under.tamper('one', 7)
      await under.lose('two', 11)
      const { problems } = await store.check()
      expect(problems).toEqual([
        'event 7 of "one" is not the one that was written',
        'the journal of "two" goes from 10 to 12: events are missing',
      ])
    })
  })
}
