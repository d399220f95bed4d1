import { describe, expect, it } from 'vitest'
import type { NetOrder } from '../../domain/orders.ts'
import type { RoutingTable, RoutingTier } from '../../domain/routing.ts'
import type { InstrumentId } from '../../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import { brokerOf } from './broker-of.ts'

const TABLE: RoutingTable = {
  brokers: { alpaca: ['fractional'], ibkr: ['short', 'structure'], ccxt: ['fractional'] },
  upgradeAt: 25_000,
  downgradeBelow: 22_500,
  lower: { equity: ['alpaca'], crypto: ['ccxt'] },
  upper: { equity: ['alpaca', 'ibkr'], option: ['ibkr'], crypto: ['ccxt'], future: ['ibkr'] },
}
const KINDS = ['etf', 'option', 'crypto', 'future', 'stream'] as const
const SHARE = 1_000_000

/** Five instruments named by their kinds; of each the account holds ten wholes. */
function runtime(tier: RoutingTier, table: RoutingTable | undefined = TABLE): Runtime {
  return {
    byId: new Map(KINDS.map((kind, index) => [kind, index])),
    state: {
      config: { routing: table },
      routing: table === undefined ? undefined : { tier, changes: [] },
      instruments: KINDS.map((kind) => ({ kind, unitsPerWhole: SHARE })),
      books: { accountQuantity: KINDS.map(() => 10 * SHARE) },
    },
  } as unknown as Runtime
}

const order = (kinds: readonly string[], quantity: number, reducing = false): NetOrder =>
  ({
    legs: kinds.map((kind) => ({ instrument: kind as InstrumentId, ratio: 1 })),
    quantity,
    reducing,
  }) as unknown as NetOrder

describe('the broker of an order', () => {
  it.each([
    ['whole shares go to the first', ['etf'], SHARE, 'alpaca'],
    ['a sale of what is held, too', ['etf'], -10 * SHARE, 'alpaca'],
    ['a short one to who can', ['etf'], -11 * SHARE, 'ibkr'],
    ['parts of a share to who can', ['etf'], SHARE / 2, 'alpaca'],
    ['structures of contracts to who can', ['option', 'option'], 1, 'ibkr'],
    ['contracts with shares to who trades contracts', ['etf', 'option'], 1, 'ibkr'],
    ['coins in any part to theirs', ['crypto'], 12_345, 'ccxt'],
    ['futures are sold short by everybody', ['future'], -99 * SHARE, 'ibkr'],
  ] as const)('%s', (_, kinds, quantity, broker) => {
    expect(brokerOf(runtime('upper'), order(kinds, quantity))).toEqual({ kind: 'broker', broker })
  })

  it('is nobody where none can, and says why; an exit goes to who trades its kind', () => {
    const half = -10.5 * SHARE
    const reason = 'none of alpaca, ibkr can do short and fractional for equity'
    expect(brokerOf(runtime('upper'), order(['etf'], half))).toEqual({ kind: 'refused', reason })
    expect(brokerOf(runtime('upper'), order(['etf'], half, true))).toEqual({ kind: 'broker', broker: 'alpaca' })
    const small = 'future needs equity of at least 25000, for ibkr'
    expect(brokerOf(runtime('lower'), order(['future'], 1))).toEqual({ kind: 'refused', reason: small })
    expect(brokerOf(runtime('lower'), order(['future'], 1, true))).toEqual({ kind: 'broker', broker: 'ibkr' })
  })

  it('is not asked for without a table, or for what no table speaks of', () => {
    expect(brokerOf(runtime('upper'), order(['stream'], 1))).toBeNull()
    const bare = { ...runtime('upper') }
    bare.state.config = {} as never
    expect(brokerOf(bare, order(['etf'], 1))).toBeNull()
  })
})
