import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Control, ControlCommand, Heartbeat } from '../../src/domain/control.ts'
import type { Lease, Store } from '../../src/domain/store.ts'
import type { Instant } from '../../src/domain/units.ts'
import { rowsFrom } from './rows.ts'

type ControlledStore = Store & { readonly control: Control }

const AT = 1_700_000_000_000 as Instant

function commandNamed(id: string, portfolio = 'one'): Omit<ControlCommand, 'state' | 'answer'> {
  return { id, portfolio, actor: 'me', at: AT, seen: 7, until: null, body: { kind: 'kill', reason: `"${id}" it's` } }
}

const BEAT: Heartbeat = {
  portfolio: 'one',
  owner: 'machine 7',
  role: 'paper',
  startedAt: AT,
  at: AT,
  epoch: 1,
  seq: 3,
  marketAt: null,
  lastCycleAt: null,
  nextCycleAt: null,
  dataAge: null,
  mode: 'reducing',
  gates: [{ gate: 'armed', instrument: null, reason: 'the engine has just started', since: AT }],
  armedUntil: null,
  liveFraction: null,
  unknownOrders: 0,
  openOrders: 1,
  waitingWishes: 2,
  loopLag: 0.5,
  equity: 100_000.25,
  currency: 'USD',
  approvals: [],
  accountSuffix: '',
  failure: '',
  ended: '',
}

/** What operators and engines of different processes rely on, whichever database holds it. */
export function controlContract(name: string, prepare: () => Promise<() => Promise<ControlledStore>>): void {
  describe(name, () => {
    let open: () => Promise<ControlledStore>
    let store: ControlledStore
    let lease: Lease
    beforeEach(async () => {
      open = await prepare()
      store = await open()
      lease = (await store.lease('one'))!
    })
    afterEach(async () => {
      await lease.release()
      await store.close()
    })
    const idsOf = (commands: readonly ControlCommand[]): readonly string[] => commands.map(({ id }) => id)

    it('hands over what another process asked, in that order, until it is answered in a commit', async () => {
      const other = await open()
      for (const id of ['b', 'a', 'c']) await other.control.ask(commandNamed(id))
      await other.control.ask(commandNamed('x', 'two'))
      const begun = await store.control.begin('one')
      expect(begun).toEqual(['b', 'a', 'c'].map((id) => ({ ...commandNamed(id), state: 'begun', answer: '' })))
      const answers = [
        { id: 'b', state: 'done' as const, answer: 'killed' },
        { id: 'c', state: 'declined' as const, answer: 'too late' },
      ]
      await store.commit('one', lease, { rows: rowsFrom(0, 2), answers })
      expect(idsOf(await store.control.begin('one'))).toEqual(['a'])
      expect(await other.control.find('one', 'b')).toMatchObject({ state: 'done', answer: 'killed' })
      expect(await other.control.find('one', 'c')).toMatchObject({ state: 'declined', answer: 'too late' })
      await store.commit('one', lease, { rows: [], answers: [{ id: 'a', state: 'declined', answer: 'no' }] })
      expect(await other.control.find('one', 'a')).toMatchObject({ state: 'declined', answer: 'no' })
      await other.close()
    })

    it('asks once under one id, whatever is asked again', async () => {
      await store.control.ask(commandNamed('a'))
      await store.control.begin('one')
      await store.commit('one', lease, { rows: rowsFrom(0, 1), answers: [{ id: 'a', state: 'done', answer: '' }] })
      await store.control.ask({ ...commandNamed('a'), actor: 'somebody else' })
      expect(await store.control.begin('one')).toEqual([])
      expect(await store.control.find('one', 'a')).toMatchObject({ state: 'done', actor: 'me' })
    })

    it('numbers what many processes ask at once', async () => {
      const handles = await Promise.all([open(), open(), open()])
      const ids = Array.from({ length: 30 }, (_, place) => `id-${place}`)
      await Promise.all(ids.map((id, place) => handles[place % 3]!.control.ask(commandNamed(id))))
      expect([...idsOf(await store.control.begin('one'))].sort()).toEqual([...ids].sort())
      for (const handle of handles) await handle.close()
    })

    it('takes back what was not begun, and nothing that was', async () => {
      await store.control.ask(commandNamed('a'))
      expect(await store.control.withdraw('one', 'a')).toMatchObject({ state: 'withdrawn' })
      expect(await store.control.begin('one')).toEqual([])
      await store.control.ask(commandNamed('b'))
      await store.control.begin('one')
      expect(await store.control.withdraw('one', 'b')).toMatchObject({ state: 'begun' })
      await expect(store.control.withdraw('one', 'none')).rejects.toThrow('no command "none"')
    })

    it('keeps nothing of a commit that answers what waits for none', async () => {
      await store.control.ask(commandNamed('a'))
      const answers = [{ id: 'a', state: 'done' as const, answer: '' }]
      await expect(store.commit('one', lease, { rows: rowsFrom(0, 1), answers })).rejects.toThrow('waits for no answer')
      expect(await store.extents()).toEqual([])
      await store.control.begin('one')
      await store.commit('one', lease, { rows: rowsFrom(0, 1), answers })
      await expect(store.commit('one', lease, { rows: rowsFrom(1, 1), answers })).rejects.toThrow('waits for no answer')
    })

    it('hands over again what was begun before a crash', async () => {
      await store.control.ask(commandNamed('a'))
      await store.control.begin('one')
      const other = await open()
      expect(idsOf(await other.control.begin('one'))).toEqual(['a'])
      await other.close()
    })

    it('keeps the last word of each engine', async () => {
      await store.control.beat(BEAT)
      await store.control.beat({ ...BEAT, portfolio: 'two', role: 'live' })
      await store.control.beat({ ...BEAT, at: (AT + 5) as Instant, seq: 9 })
      const other = await open()
      expect(await other.control.beats()).toEqual([
        { ...BEAT, at: AT + 5, seq: 9 },
        { ...BEAT, portfolio: 'two', role: 'live' },
      ])
      await other.close()
    })

    it('keeps what is on record before live trading, by portfolio, oldest first', async () => {
      const gate = { name: 'paper', criterion: 'two weeks', value: '9 days', passed: false, by: 'me', at: AT }
      const parts = { allocation: 'a', universe: 'b', structure: 'c', venue: 'd' }
      const approval = { hash: 'h', parts, by: 'me', at: AT, note: '' }
      await store.control.recordGate('one', gate)
      await store.control.recordGate('one', { ...gate, value: '14 days', passed: true })
      await store.control.approveConfiguration('one', approval)
      expect(await store.control.gates('one')).toEqual([gate, { ...gate, value: '14 days', passed: true }])
      expect(await store.control.approvals('one')).toEqual([approval])
      expect([await store.control.gates('two'), await store.control.approvals('two')]).toEqual([[], []])
    })
  })
}
