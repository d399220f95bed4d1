import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import type { OpenedStore } from '../../src/adapters/store/sql-store.ts'
import type { NewNote, NoteQuery } from '../../src/domain/notes.ts'
import type { Instant } from '../../src/domain/units.ts'
import { rowsFrom } from './rows.ts'

const AT = 1_700_000_000_000 as Instant
const later = (ms: number): Instant => (AT + ms) as Instant

const note = (id: string, values: Partial<NewNote> = {}): NewNote => ({
  id,
  at: later(Number(id.slice(1))),
  author: 'anna',
  about: 'trade',
  subject: '7-1',
  text: 'bought too early',
  tags: ['Earnings'],
  ...values,
})

/** What every store keeps of what people wrote. */
export function notesContract(name: string, place: () => Promise<string>): void {
  describe(`notes in ${name}`, () => {
    let address: string
    let store: OpenedStore
    beforeAll(async () => {
      address = await place()
      store = await openStore(address, { create: true, key: null })
    })
    afterAll(() => store.close())
    const idsOf = async (query: Partial<NoteQuery> = {}, portfolio = 'found'): Promise<readonly string[]> =>
      (await store.notes.findNotes(portfolio, { limit: 100, ...query })).notes.map(({ id }) => id)

    it('are found by their words in any case, by what they are about, tag and time, newest first', async () => {
      const { notes } = store
      await notes.addNote('found', note('n1'))
      await notes.addNote('found', note('n2', { text: 'wie geplant: ÄRGER', tags: [], author: 'Berta' }))
      await notes.addNote('found', note('n3', { about: 'sleeve', subject: 'trend', tags: ['watch', 'earnings'] }))
      await notes.addNote('found', note('n4', { about: 'day', subject: '20260105' }))
      expect(await idsOf()).toEqual(['n4', 'n3', 'n2', 'n1'])
      expect(await idsOf({ words: 'ärger  BERTA' })).toEqual(['n2'])
      expect(await idsOf({ words: 'early earnings trend' })).toEqual(['n3'])
      expect(await idsOf({ tag: 'EARNINGS', about: 'trade' })).toEqual(['n1'])
      expect(await idsOf({ about: 'trade', subject: '7-1' })).toEqual(['n2', 'n1'])
      expect(await idsOf({ from: later(2), to: later(3) })).toEqual(['n3', 'n2'])
      expect(await notes.findNotes('found', { limit: 2, offset: 1 })).toMatchObject({
        total: 4,
        notes: [{ id: 'n3' }, { id: 'n2' }],
      })
      expect(await idsOf({}, 'another')).toEqual([])
    })

    it('are written once under one id, and changed only as they were seen, with all that they ever said', async () => {
      const { notes } = store
      const first = await notes.addNote('changed', note('n1'))
      expect(first).toEqual({ ...note('n1'), version: 1, editedAt: null, editor: '', removedAt: null })
      expect(await notes.addNote('changed', note('n1', { text: 'other words' }))).toEqual(first)
      const edit = { text: 'bought far too early', tags: [], at: later(10), author: 'berta', seen: 1 }
      const other = await openStore(address, { create: false, key: null })
      const answers = await Promise.all([
        notes.editNote('changed', 'n1', edit),
        other.notes.editNote('changed', 'n1', { ...edit, author: 'carl' }),
      ])
      expect(answers.map(({ state }) => state).sort()).toEqual(['done', 'stale'])
      const [done, stale] = answers[0]!.state === 'done' ? answers : answers.toReversed()
      expect(stale!.note).toEqual(done!.note)
      expect(done!.note).toMatchObject({
        author: 'anna',
        at: later(1),
        text: edit.text,
        version: 2,
        editedAt: later(10),
      })
      const by = { at: later(20), author: 'anna', seen: 2 }
      expect(await notes.removeNote('changed', 'n1', { ...by, seen: 1 })).toMatchObject({ state: 'stale' })
      expect(await notes.removeNote('changed', 'n1', by)).toMatchObject({
        state: 'done',
        note: { removedAt: later(20) },
      })
      expect(await notes.removeNote('changed', 'n1', { ...by, seen: 3 })).toMatchObject({ state: 'stale' })
      expect(await notes.editNote('changed', 'none', edit)).toEqual({ state: 'unknown', note: null })
      expect(await idsOf({}, 'changed')).toEqual([])
      expect(
        (await other.notes.versions('changed', 'n1')).map((one) => [
          one.version,
          one.text,
          one.editor !== '',
          one.removedAt,
        ]),
      ).toEqual([
        [1, 'bought too early', false, null],
        [2, 'bought far too early', true, null],
        [3, 'bought far too early', true, later(20)],
      ])
      expect(await notes.versions('changed', 'none')).toEqual([])
      await other.close()
    })

    it('are about what the tables hold', async () => {
      const lease = (await store.lease('held'))!
      const placed = { seq: 1, place: 2, at: 0 }
      await store.commit('held', lease, {
        rows: rowsFrom(0, 1),
        projected: {
          netOrder: [
            {
              order: 4,
              seq: 1,
              at: 0,
              tradeDate: 0,
              cycle: 0,
              instrument: null,
              label: '',
              type: 'market',
              quantity: 1,
              crossed: 0,
              reference: null,
            },
          ],
          holding: [
            {
              sleeve: 's',
              instrument: 'US:A',
              quantity: 1,
              averagePrice: 1,
              openedAt: 1,
              stop: null,
              target: null,
              realised: 0,
            },
          ],
          posting: [
            {
              ...placed,
              tradeDate: 0,
              kind: 'fill',
              order: 4,
              execution: null,
              sleeve: 's',
              instrument: 'US:A',
              currency: 'USD',
              quantity: 1,
              price: 1,
              cash: 1,
              fee: 0,
              value: 1,
              cost: 0,
              realised: 0,
              before: 0,
              stop: null,
              target: null,
              isFlow: false,
              reason: '',
            },
          ],
        },
      })
      await lease.release()
      const { notes } = store
      const asked = [
        ['position', 's/US:A'],
        ['trade', '1-2'],
        ['order', '4'],
        ['day', '20260105'],
      ] as const
      for (const [about, subject] of asked) expect(await notes.isNoted('held', about, subject), about).toBe(true)
      const lost = [
        ['position', 's/US:B'],
        ['trade', '1-3'],
        ['trade', '1'],
        ['order', '4 OR 1=1'],
        ['violation', '1'],
        ['sleeve', 's'],
        ['day', '20260230'],
      ] as const
      for (const [about, subject] of lost)
        expect(await notes.isNoted('held', about, subject), `${about} ${subject}`).toBe(false)
    })
  })
}
