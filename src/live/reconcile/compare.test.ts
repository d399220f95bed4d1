import { describe, expect, it } from 'vitest'
import type { BrokerOrder, BrokerPosition, BrokerSnapshot, ClientOrderId, Execution } from '../../domain/broker.ts'
import type { Discrepancy } from '../../domain/discrepancies.ts'
import type { OrderRecord } from '../../domain/order-records.ts'
import type { CurrencyCode, Instant, InstrumentId, Money, Price, Quantity } from '../../domain/units.ts'
import { type Comparison, compare, type Verdict } from './compare.ts'
import type { Held } from './own-books.ts'
import { TOLERANCE_RULES } from './tolerance.ts'

const NOW = 1_700_000_000_000 as Instant
const HOUR = 3_600_000

interface Given {
  /** Units at the broker, and of the sleeves and the external one in the books. */
  readonly theirs?: Readonly<Record<string, number>>
  readonly ours?: Readonly<Record<string, number | readonly [number, number]>>
  readonly cash?: readonly [theirs: number, own: number, external?: number]
  readonly openOrders?: readonly Partial<BrokerOrder>[]
  readonly orders?: readonly Partial<OrderRecord>[]
  readonly positions?: readonly Partial<BrokerPosition>[]
  readonly more?: Partial<Comparison>
}

type Compared = Extract<Verdict, { state: 'compared' }>

function comparisonOf({
  theirs = {},
  ours = {},
  cash = [0, 0],
  openOrders,
  orders,
  positions,
  more,
}: Given): Comparison {
  const held = (one: number | readonly [number, number]): Held =>
    typeof one === 'number' ? { own: one, external: 0 } : { own: one[0], external: one[1] }
  const snapshot: BrokerSnapshot = {
    at: NOW,
    accountNumber: 'U1',
    cash: new Map([['USD' as CurrencyCode, cash[0] as Money]]),
    positions: [
      ...Object.entries(theirs).map(([symbol, quantity]) => position({ symbol, quantity: quantity as Quantity })),
      ...(positions ?? []).map(position),
    ],
    openOrders: (openOrders ?? []).map((one) => ({
      clientId: null,
      brokerId: 'b1',
      symbol: 'SPY',
      instrument: 'SPY' as InstrumentId,
      quantity: 10 as Quantity,
      filled: 0 as Quantity,
      state: 'working',
      evidence: '',
      ...one,
    })),
    eventsCursor: '',
    cursor: 'c',
  }
  return {
    now: NOW,
    snapshot,
    books: {
      positions: new Map(Object.entries(ours).map(([id, one]) => [id as InstrumentId, held(one)])),
      cash: new Map([['USD' as CurrencyCode, { own: cash[1], external: cash[2] ?? 0 }]]),
      working: new Map(),
    },
    since: [],
    orders: (orders ?? []).map(orderOf),
    touched: new Set(),
    open: [],
    dust: {},
    seen: new Map(),
    undecided: new Map(),
    pinned: 'U1',
    accruals: [],
    feesInKind: [],
    splits: new Map(),
    rules: TOLERANCE_RULES,
    currencies: new Set(['USD' as CurrencyCode]),
    ...more,
  }
}

function position(given: Partial<BrokerPosition>): BrokerPosition {
  const symbol = given.symbol ?? 'SPY'
  return { symbol, instrument: symbol as InstrumentId, quantity: 0 as Quantity, price: 10 as Price, ...given }
}

function orderOf(given: Partial<OrderRecord>): OrderRecord {
  return {
    clientId: 'ours',
    quantity: 100,
    filled: 0,
    state: 'acked',
    isCancelling: false,
    legs: [{ instrument: 'SPY', ratio: 1 }],
    ...given,
  } as OrderRecord
}

/** Where nothing else is said, what was found the last time as well. */
function told(given: Given): Compared {
  const comparison = comparisonOf(given)
  const first = compared(comparison)
  return given.more?.seen === undefined ? compared({ ...comparison, seen: first.seen }) : first
}

function compared(comparison: Comparison): Compared {
  const verdict = compare(comparison)
  if (verdict.state !== 'compared') throw new Error(verdict.reason)
  return verdict
}

/** What a second look at the same thing comes to, after the first was taken over. */
function again(given: Given, first: Compared): Compared {
  const ours = Object.fromEntries(
    Object.entries(given.ours ?? {}).map(([id, one]) => {
      const [own, external] = typeof one === 'number' ? [one, 0] : one
      const adopted = first.adoptions
        .filter(({ subject }) => subject === id)
        .reduce((sum, { amount }) => sum + amount, 0)
      return [id, [own, external + adopted] as const]
    }),
  )
  const open = first.discrepancies.filter(({ state }) => state === 'open')
  return told({ ...given, ours, more: { ...given.more, open, seen: first.seen } })
}

describe('books and an account that agree', () => {
  it('may trade, and nothing is told', () => {
    expect(told({ theirs: { SPY: 100 }, ours: { SPY: [70, 30] }, cash: [500, 400, 100] })).toEqual({
      state: 'compared',
      discrepancies: [],
      adoptions: [],
      working: new Map(),
      seen: new Map(),
      undecided: new Map(),
      frozen: new Set(),
      mayTrade: true,
    })
  })

  it('agree at the moment of the snapshot: executions after it do not count', () => {
    const since = [{ instrument: 'SPY', quantity: 40 } as Execution]
    expect(told({ theirs: { SPY: 60 }, ours: { SPY: 100 }, cash: [9, 5], more: { since } }).discrepancies).toEqual([])
  })

  it('are those of the account that was pinned, or of none', () => {
    expect(compare(comparisonOf({ more: { pinned: 'U2' } }))).toEqual({
      state: 'otherAccount',
      reason: 'the broker shows account "U1", the books are of "U2"',
    })
    expect(told({ more: { pinned: '' } }).mayTrade).toBe(true)
  })
})

describe('a position that differs', () => {
  it('is nobody here’s where no sleeve had anything to do with it: taken over, and no reason to stop', () => {
    const { discrepancies, adoptions, mayTrade } = told({ theirs: { SPY: 50 } })
    expect(adoptions).toMatchObject([{ kind: 'position', instrument: 'SPY', amount: 50 }])
    expect(discrepancies).toMatchObject([{ state: 'resolved', resolution: 'external', isForeign: true, adopted: 50 }])
    expect(mayTrade).toBe(true)
  })

  it.each([
    ['a sleeve holds some', { SPY: 10 }, new Set<InstrumentId>()],
    ['an order of ours was out', {}, new Set(['SPY' as InstrumentId])],
  ])('keeps entries out where %s', (_, ours, touched) => {
    const first = told({ theirs: { SPY: 50 }, ours, more: { touched } })
    expect(first.mayTrade).toBe(false)
    expect(first.discrepancies).toMatchObject([{ state: 'open', isForeign: false, theirs: 50 }])
    expect(again({ theirs: { SPY: 50 }, ours: { SPY: 0, ...ours }, more: { touched } }, first)).toMatchObject({
      mayTrade: false,
      discrepancies: [],
      adoptions: [],
    })
  })

  it('freezes the instrument where the sleeves would sell more than is there', () => {
    const less = told({ theirs: { SPY: 30 }, ours: { SPY: 100 } })
    expect([...less.frozen]).toEqual(['SPY'])
    expect(less.adoptions).toMatchObject([{ amount: -70 }])
    expect([...told({ theirs: { SPY: 130 }, ours: { SPY: 100 } }).frozen]).toEqual([])
    expect([...told({ theirs: { SPY: -30 }, ours: { SPY: -100 } }).frozen]).toEqual(['SPY'])
  })

  it('is explained when what was missing comes after all', () => {
    const first = told({ theirs: { SPY: 150 }, ours: { SPY: 100 } })
    // The fill was late: the sleeve has it now, and the external sleeve still what stood for it.
    const late = told({
      theirs: { SPY: 150 },
      ours: { SPY: [150, 50] },
      more: { open: first.discrepancies, seen: new Map([['position SPY', -50]]) },
    })
    expect(late.adoptions).toMatchObject([{ amount: -50 }])
    expect(late.discrepancies).toMatchObject([
      { id: first.discrepancies[0]!.id, state: 'resolved', resolution: 'explained by what came later', adopted: 0 },
    ])
    expect(late.mayTrade).toBe(true)
  })

  it('must be found twice, unless it is the first look of all', () => {
    const given = { theirs: { SPY: 50 }, ours: { SPY: 10 } }
    const first = told({ ...given, more: { seen: new Map() } })
    expect([first.discrepancies, first.mayTrade]).toEqual([[], true])
    const second = told({ ...given, more: { seen: first.seen } })
    expect(second.discrepancies).toHaveLength(1)
    const moved = told({ theirs: { SPY: 60 }, ours: { SPY: 10 }, more: { seen: first.seen } })
    expect(moved.discrepancies).toEqual([])
  })

  it('waits for orders of which nobody knows what became of them', () => {
    const unknown = { orders: [{ state: 'unknown' as const, quantity: 100 as Quantity, filled: 20 as Quantity }] }
    expect(told({ theirs: { SPY: 180 }, ours: { SPY: 100 }, ...unknown }).discrepancies).toEqual([])
    expect(told({ theirs: { SPY: 181 }, ours: { SPY: 100 }, ...unknown }).discrepancies).toHaveLength(1)
    expect(told({ theirs: { SPY: 99 }, ours: { SPY: 100 }, ...unknown }).discrepancies).toHaveLength(1)
  })

  it('waits for them for minutes: what they did would have been told by then', () => {
    const orders = [{ state: 'unknown' as const, quantity: 100 as Quantity, filled: 20 as Quantity }]
    const since = (NOW - TOLERANCE_RULES.undecidedMostMs) as Instant
    const at = (theirs: number, amount: number, moment: number) =>
      told({
        theirs: { SPY: theirs },
        ours: { SPY: 100 },
        orders,
        more: { undecided: new Map([['position SPY', { amount, since: moment as Instant }]]) },
      })
    expect(at(105, 5, since + 1).discrepancies).toEqual([])
    expect(at(105, 5, since + 1).undecided.get('position SPY')).toEqual({ amount: 5, since: since + 1 })
    expect(at(105, 5, since).discrepancies).toMatchObject([{ state: 'open', adopted: 5 }])
    // Something came in meanwhile: it is another difference.
    expect(at(106, 5, since).discrepancies).toEqual([])
    expect(at(106, 5, since).undecided.get('position SPY')).toEqual({ amount: 6, since: NOW })
  })

  it('of what is not listed is taken over under the symbol of the broker', () => {
    const { adoptions } = told({ positions: [{ symbol: 'XYZ', instrument: null, quantity: 7 as Quantity }] })
    expect(adoptions).toMatchObject([{ subject: 'XYZ', instrument: null, amount: 7, position: { price: 10 } }])
  })

  it('has the same name wherever the same is found, and another where something else is', () => {
    const idOf = (given: Given): string => told(given).discrepancies[0]!.id
    expect(idOf({ theirs: { SPY: 50 } })).toBe(idOf({ theirs: { SPY: 50 } }))
    expect(idOf({ theirs: { SPY: 50 } })).toMatch(/^position-SPY-[0-9a-z]{6}$/)
    expect(idOf({ theirs: { SPY: 51 } })).not.toBe(idOf({ theirs: { SPY: 50 } }))
    expect(idOf({ theirs: { SPY: 50 }, more: { now: (NOW + 1) as Instant } })).not.toBe(idOf({ theirs: { SPY: 50 } }))
  })
})

describe('a fee that is taken in coins, later', () => {
  const bought = (at: number) => [{ instrument: 'SPY' as InstrumentId, bought: 1_000_000, at: at as Instant }]

  it('is no difference within its part and its window', () => {
    const given = (theirs: number, at: number): Given => ({
      theirs: { SPY: theirs },
      ours: { SPY: 1_000_000 },
      more: { feesInKind: bought(at) },
    })
    expect(told(given(997_500, NOW - HOUR)).discrepancies).toEqual([])
    expect(told(given(997_499, NOW - HOUR)).discrepancies).toHaveLength(1)
    expect(told(given(1_000_001, NOW - HOUR)).discrepancies).toHaveLength(1)
    expect(told(given(997_500, NOW - 37 * HOUR)).discrepancies).toHaveLength(1)
  })
})

describe('money that differs', () => {
  it('is external at the first look where there is more, and a mismatch where there is less', () => {
    const first = { pinned: '' }
    expect(told({ cash: [1_500, 1_000], more: first })).toMatchObject({ mayTrade: true, adoptions: [{ amount: 500 }] })
    expect(told({ cash: [900, 1_000], more: first })).toMatchObject({ mayTrade: false, adoptions: [{ amount: -100 }] })
    expect(told({ cash: [1_500, 1_000] }).mayTrade).toBe(false)
  })

  it('is none where dividends are booked that the broker pays later, each whole or not at all', () => {
    const dividend = (amount: number, days: number) => ({
      currency: 'USD' as CurrencyCode,
      amount,
      at: (NOW - days * 24 * HOUR) as Instant,
    })
    const accruals = [dividend(7_000_000, 3), dividend(2_000_000, 20), dividend(-500_000, 1)]
    const at = (theirs: number) => told({ cash: [theirs, 10_000_000], more: { accruals } }).discrepancies
    expect(at(3_000_000)).toEqual([])
    expect(at(8_000_000)).toEqual([])
    expect(at(10_500_000)).toEqual([])
    expect(at(8_500_000 + 9_999)).toEqual([])
    expect(at(5_000_000)).toHaveLength(1)
    const old = [dividend(7_000_000, 46)]
    expect(told({ cash: [3_000_000, 10_000_000], more: { accruals: old } }).discrepancies).toHaveLength(1)
  })

  it('is compared once everything that was executed is in the snapshot', () => {
    const since = [{ instrument: 'SPY', quantity: 0 } as Execution]
    expect(told({ cash: [1, 2], more: { since } }).discrepancies).toEqual([])
    expect(told({ cash: [1, 2], orders: [{ state: 'unknown' }] }).discrepancies).toEqual([])
  })

  it('of a currency without a rate is told, and stays outside', () => {
    const verdict = told({ more: { currencies: new Set() }, cash: [5, 3] })
    expect(verdict).toMatchObject({ discrepancies: [{ state: 'open', adopted: 0 }], adoptions: [{ amount: 0 }] })
  })
})

describe('orders at the broker', () => {
  it('that nobody here sent are told, counted as on their way, and gone when they are gone', () => {
    const foreign = [{ brokerId: 'b7', quantity: -30 as Quantity, filled: -10 as Quantity }]
    const first = told({ openOrders: foreign })
    expect(first.discrepancies).toMatchObject([{ kind: 'order', subject: 'b7', theirs: -20, state: 'open' }])
    expect([...first.working]).toEqual([['SPY', { buys: 0, sells: 20 }]])
    expect(first.mayTrade).toBe(true)
    const open = first.discrepancies
    expect(told({ openOrders: foreign, more: { open } }).discrepancies).toEqual([])
    expect(told({ more: { open } }).discrepancies).toMatchObject([
      { subject: 'b7', state: 'resolved', resolution: 'gone' },
    ])
  })

  it('of ours that stay away are told', () => {
    const orders = [{ clientId: 'mine' as ClientOrderId }]
    expect(told({ orders }).discrepancies).toMatchObject([
      { kind: 'order', subject: 'mine', ours: 100, isForeign: false },
    ])
    const shown = [{ clientId: 'mine' as ClientOrderId }]
    expect(told({ orders, openOrders: shown }).discrepancies).toEqual([])
  })
})

describe('dust', () => {
  it('is written down when it changes, and holds nothing back', () => {
    const positions = [{ symbol: 'BTC', quantity: 5 as Quantity, dust: 0.25 }]
    const given = { positions, ours: { BTC: 5 } }
    const first = told(given)
    expect(first.discrepancies).toMatchObject([{ kind: 'dust', subject: 'BTC', theirs: 0.25, state: 'resolved' }])
    expect([first.mayTrade, first.adoptions]).toEqual([true, []])
    expect(told({ ...given, more: { dust: { BTC: 0.25 } } }).discrepancies).toEqual([])
  })
})

/** Kept so that a change of the record's form shows here. */
const FIELDS: readonly (keyof Discrepancy)[] = ['id', 'kind', 'subject', 'ours', 'theirs', 'difference', 'adopted']

describe('a discrepancy', () => {
  it('says what was found, and what the external sleeve holds of it', () => {
    const [found] = told({ theirs: { SPY: 50 }, ours: { SPY: 20 } }).discrepancies
    expect(FIELDS.map((field) => found![field]).slice(1)).toEqual(['position', 'SPY', 20, 50, 30, 30])
  })
})
