import { describe, expect, it } from 'vitest'
import { counts, type OutsideRun, outsideRun } from '../../../test/fixtures/outside-rig.ts'
import { handRun, SHARE } from '../../../test/simulation/hand-run.ts'
import type {
  AccountEvent,
  Broker,
  BrokerOrder,
  BrokerPosition,
  BrokerSnapshot,
  Execution,
} from '../../domain/broker.ts'
import type { Instant, InstrumentId, Money, Price, Quantity } from '../../domain/units.ts'
import { sleeveId } from '../../domain/units.ts'
import type { OrderDesk } from '../desk/order-desk.ts'
import { RECONCILE_POLICY, type ReconcilePolicy } from './policy.ts'
import { splitWatch } from './splits.ts'
import { reconcileWatch } from './watch.ts'

/** An account at a broker as it says that it is, and a kernel that is told what came of comparing. */
interface Compared {
  readonly outside: OutsideRun
  /** What the broker says; null: it cannot be read. */
  says: { positions: Record<string, number>; cash: number; number: string; price: number } | null
  /** It never answers. */
  isMute: boolean
  /** Executions that the broker has and the books have not. */
  missing: Execution[]
  /** What happened to the account without an order, and nobody here was told. */
  unheard: AccountEvent[]
  /** How many of such the kernel was told. */
  told: number
  /** What works at the broker, and what the desk was shown of it. */
  openOrders: BrokerOrder[]
  readonly shown: BrokerOrder[]
  readonly alerts: string[]
  /** Asks and tells, so many milliseconds later. */
  look(milliseconds?: number): Promise<void>
}

const POLICY: ReconcilePolicy = { ...RECONCILE_POLICY, everyMs: 60_000, againMs: 1_000, quietMs: 1_000 }

function compared(outside: OutsideRun): Compared {
  const { runtime } = outside.run.kernel
  let now = 1_000_000
  const listed = (symbol: string): InstrumentId | null =>
    runtime.state.instruments.find((one) => one.symbol === symbol)?.id ?? null
  const broker = {
    name: 'fake',
    snapshot: async (): Promise<BrokerSnapshot> => {
      if (own.isMute) await new Promise(() => {})
      if (own.says === null) throw new Error('500')
      const { positions, cash, number, price } = own.says
      return {
        at: now as Instant,
        accountNumber: number,
        cash: new Map([['USD' as never, counts(cash)]]),
        positions: Object.entries(positions).map(
          ([symbol, shares]): BrokerPosition => ({
            symbol,
            instrument: listed(symbol),
            quantity: (shares * SHARE) as Quantity,
            price: price as Price,
          }),
        ),
        openOrders: own.openOrders,
        cursor: 'c',
        eventsCursor: '',
      }
    },
    accountEventsSince: async () => ({ events: own.unheard, cursor: '' }),
    executionsSince: async (cursor: string) => ({ executions: cursor === 'desk' ? own.missing : [], cursor: 'c' }),
  } as unknown as Broker
  const shown: BrokerOrder[] = []
  const heard = (events: readonly { readonly order: BrokerOrder }[]): readonly never[] => {
    shown.push(...events.map(({ order }) => order))
    return []
  }
  const desk = { open: [], state: () => ({ cursor: 'desk' }), heard } as unknown as OrderDesk
  const watch = reconcileWatch({
    broker,
    store: { hasExecution: async () => [], hasAccountEvents: async () => [] },
    eventsCursor: () => '',
    eventsTold: () => own.told,
    splits: splitWatch(),
    isBehind: () => false,
    portfolio: 'p',
    desk: () => desk,
    policy: POLICY,
    wake: () => {},
  })
  const tell = (): void => {
    for (const told of watch.look(now as Instant, outside.run.kernel)) {
      if (!('body' in told)) continue
      if (told.body.kind === 'alert') own.alerts.push(told.body.rule)
      outside.say(told.body)
    }
  }
  const own: Compared = {
    outside,
    says: { positions: {}, cash: 20_000, number: 'U1', price: 40 },
    isMute: false,
    missing: [],
    unheard: [],
    told: 0,
    openOrders: [],
    alerts: [],
    shown,
    async look(milliseconds = 60_000) {
      now += milliseconds
      tell()
      await new Promise((resolve) => setImmediate(resolve))
      tell()
    },
  }
  return own
}

function twoSleeves(): OutsideRun {
  const bars = [100, 100, 110, 120].map((open) => ({ open }))
  const outside = outsideRun(
    handRun({
      prices: { A: bars, B: bars },
      sleeves: {
        one: {
          capital: 10_000,
          act: (_, out, bar) => {
            if (bar === 0) out.target(0, (10 * SHARE) as Quantity, 'entry')
          },
        },
        two: { capital: 10_000, act: null },
      },
    }),
  )
  outside.next()
  outside.next()
  return outside
}

const shutOf = ({ outside }: Compared): readonly string[] =>
  (outside.run.kernel.runtime.state.gates?.shut ?? []).map(({ gate }) => gate)
const modeOf = ({ outside }: Compared): string => outside.run.kernel.runtime.state.gates?.mode ?? 'active'
const openOf = ({ outside }: Compared) => outside.run.kernel.runtime.state.reconciliation?.open ?? []

describe('an account elsewhere', () => {
  it('shows the desk what works at the broker under an id of this program', async () => {
    const account = compared(twoSleeves())
    const order: BrokerOrder = {
      clientId: 'ours' as never,
      brokerId: 'B1',
      symbol: 'A',
      instrument: null,
      quantity: SHARE as Quantity,
      filled: 0 as Quantity,
      state: 'working',
      evidence: '',
    }
    account.openOrders = [order, { ...order, clientId: null, brokerId: 'B2' }]
    await account.look()
    expect(account.shown).toEqual([order])
  })

  it('is shut until it was compared, and open when the books say what it holds', async () => {
    const one = compared(twoSleeves())
    one.says = null
    await one.look()
    expect(shutOf(one)).toEqual(['reconciled'])
    one.says = { positions: {}, cash: 20_000, number: 'U1', price: 40 }
    await one.look()
    expect([shutOf(one), modeOf(one), openOf(one)]).toEqual([[], 'active', []])
  })

  it('brings what it held before to the external sleeve, listed or not, and marks it as the broker does', async () => {
    const one = compared(twoSleeves())
    one.says = { positions: { B: 3, XYZ: 2 }, cash: 25_000, number: 'U1', price: 40 }
    await one.look()
    expect([shutOf(one), one.outside.held('external', 1)]).toEqual([['reconciled'], 0])
    await one.look()
    const { outside } = one
    const { runtime } = outside.run.kernel
    expect([outside.held('external', 1), outside.cash('external')]).toEqual([3 * SHARE, counts(5_000)])
    const index = runtime.byId.get('external:XYZ' as InstrumentId)!
    expect([outside.held('external', index), runtime.state.mark[index]]).toEqual([2 * SHARE, 40])
    expect([modeOf(one), openOf(one)]).toEqual(['active', []])
    one.says = { ...one.says, price: 50 }
    await one.look()
    expect(runtime.state.mark[index]).toBe(50)
    expect(outside.held('external', index)).toBe(2 * SHARE)
    while (outside.next());
    expect(outside.problems()).toEqual([])
  })

  it('is pinned: another one opens nothing', async () => {
    const one = compared(twoSleeves())
    await one.look()
    one.says = { ...one.says!, number: 'U2' }
    await one.look()
    expect(shutOf(one)).toEqual(['reconciled'])
    expect(one.outside.run.kernel.runtime.state.gates?.shut[0]?.reason).toContain('the broker shows account "U2"')
  })

  it('that cannot be read is not flat: nothing moves, and after three times it only reduces', async () => {
    const one = compared(twoSleeves())
    one.says = { positions: { B: 3 }, cash: 20_000, number: 'U1', price: 40 }
    for (let looks = 0; looks < 2; looks += 1) await one.look()
    const saidBefore = one.says
    one.says = null
    await one.look()
    await one.look(2_000)
    expect(modeOf(one)).toBe('active')
    await one.look(2_000)
    expect([modeOf(one), one.outside.held('external', 1)]).toEqual(['reducing', 3 * SHARE])
    one.says = saidBefore
    await one.look(2_000)
    expect(modeOf(one)).toBe('active')
  })

  it('that is not answered for is asked again, and counts as one that cannot be read', async () => {
    const one = compared(twoSleeves())
    await one.look()
    one.isMute = true
    await one.look()
    for (let asked = 0; asked < 3; asked += 1) {
      expect(modeOf(one)).toBe('active')
      await one.look(60_000)
      await one.look(2_000)
    }
    expect(modeOf(one)).toBe('reducing')
    one.isMute = false
    await one.look(60_000)
    await one.look(2_000)
    expect(modeOf(one)).toBe('active')
  })

  it('that still cannot be read makes the account reduce again where somebody opened it meanwhile', async () => {
    const one = compared(twoSleeves())
    await one.look()
    one.says = null
    for (let failed = 0; failed < 4; failed += 1) await one.look(failed === 0 ? 60_000 : 2_000)
    one.outside.say({ kind: 'mode', mode: 'active', reason: 'an operator said so' })
    expect(modeOf(one)).toBe('active')
    await one.look(2_000)
    expect(modeOf(one)).toBe('reducing')
  })

  it('is not compared while an execution of it is not booked', async () => {
    const one = compared(twoSleeves())
    await one.look()
    one.says = { ...one.says!, positions: { B: 9 } }
    one.missing = [{ id: 'e1' } as Execution]
    await one.look()
    await one.look(2_000)
    expect(openOf(one)).toEqual([])
    expect(one.outside.held('external', 1)).toBe(0)
  })

  it('is not compared while nobody was told of what happened to it without an order', async () => {
    const one = compared(twoSleeves())
    await one.look()
    one.says = { ...one.says!, cash: 20_007 }
    one.unheard = [{ kind: 'cash', id: 'i1' } as AccountEvent]
    for (let looks = 0; looks < 4; looks += 1) await one.look(60_000)
    expect(openOf(one)).toEqual([])
    expect(one.outside.held('external', 1)).toBe(0)
  })

  it('is not compared with books that were told of money after it was shown', async () => {
    const one = compared(twoSleeves())
    one.says = { ...one.says!, cash: 20_005 }
    for (let looks = 0; looks < 4; looks += 1) {
      // Heard on the stream between a question and the next, of an account that is shown as it was before.
      one.told += 1
      await one.look(POLICY.quietMs - 1)
    }
    expect([shutOf(one), one.outside.cash('external')]).toEqual([['reconciled'], 0])
    for (let looks = 0; looks < 3; looks += 1) await one.look()
    expect([shutOf(one), one.outside.cash('external')]).toEqual([[], counts(5)])
  })

  it('tells somebody where something is booked all the time, so that it is never compared', async () => {
    const one = compared(twoSleeves())
    await one.look()
    one.missing = [{ id: 'e1' } as Execution]
    const minutes = POLICY.uncomparedMostMs / 60_000
    for (let minute = 0; minute < minutes - 1; minute += 1) await one.look(60_000)
    expect(one.alerts).toEqual([])
    for (let minute = 0; minute < minutes; minute += 1) await one.look(60_000)
    expect(one.alerts).toEqual(['uncompared'])
    one.missing = []
    await one.look(60_000)
    one.missing = [{ id: 'e2' } as Execution]
    for (let minute = 0; minute < minutes + 1; minute += 1) await one.look(60_000)
    expect(one.alerts).toEqual(['uncompared', 'uncompared'])
  })

  it('is asked where it is never quiet for long enough', async () => {
    const outside = twoSleeves()
    const one = compared(outside)
    await one.look()
    one.says = { ...one.says!, positions: { B: 9 } }
    const { state } = outside.run.kernel.runtime
    const begun = state.executions
    for (let looks = 0; looks < (2 * POLICY.uncomparedMostMs) / POLICY.quietMs; looks += 1) {
      // As if something were booked between any two looks, but for the moment of an answer.
      state.executions = begun + looks
      await one.look(POLICY.quietMs - 1)
    }
    expect(outside.held('external', 1)).toBe(9 * SHARE)
  })

  it('keeps entries out while a sleeve’s position differs, until an operator has assigned it', async () => {
    const outside = twoSleeves()
    const one = compared(outside)
    await one.look()
    while (outside.held('one', 0) === 0 && outside.next());
    const cash = (20_000 * 1_000_000 - 10 * 100 * 1_000_000) / 1_000_000
    one.says = { positions: { A: 14 }, cash, number: 'U1', price: 100 }
    await one.look()
    expect([modeOf(one), openOf(one)]).toEqual(['active', []])
    await one.look()
    await one.look()
    expect(modeOf(one)).toBe('reducing')
    expect(openOf(one)).toMatchObject([{ kind: 'position', subject: 'A', ours: 10 * SHARE, theirs: 14 * SHARE }])
    expect(outside.held('external', 0)).toBe(4 * SHARE)
    const { id } = openOf(one)[0]!
    const command = { kind: 'assign', to: sleeveId('one'), instrument: 'A' as InstrumentId } as const
    const rest = { quantity: (4 * SHARE) as Quantity, price: 100 as Price, cash: 0 as Money, discrepancy: id } as const
    expect(outside.order({ ...command, ...rest, discrepancy: 'other' })).toMatchObject([{ kind: 'declined' }])
    expect(outside.order({ ...command, ...rest })).toEqual([])
    await one.look()
    expect([modeOf(one), openOf(one), outside.held('one', 0)]).toEqual(['active', [], 14 * SHARE])
  })

  it('has an instrument frozen of which the sleeves hold more than it does, until that is accepted', async () => {
    const outside = twoSleeves()
    const one = compared(outside)
    await one.look()
    while (outside.held('one', 0) === 0 && outside.next());
    one.says = { positions: { A: 4 }, cash: 19_000, number: 'U1', price: 100 }
    for (let turn = 0; turn < 3; turn += 1) await one.look()
    expect(shutOf(one)).toEqual(['frozen'])
    const { id } = openOf(one)[0]!
    expect(outside.order({ kind: 'acceptDiscrepancy', id: 'other', note: '' })).toMatchObject([{ kind: 'declined' }])
    expect(outside.order({ kind: 'acceptDiscrepancy', id, note: 'sold by hand' })).toEqual([])
    await one.look()
    expect([shutOf(one), modeOf(one), outside.held('external', 0)]).toEqual([[], 'active', -6 * SHARE])
  })
})
