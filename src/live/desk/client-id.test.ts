import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../../test/profile.ts'
import type { Leg, NetOrder } from '../../domain/orders.ts'
import type { AccountId, InstrumentId, OrderId } from '../../domain/units.ts'
import { clientOrderId } from './client-id.ts'

const hash = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()
const leg = (instrument: string, ratio = 1): Leg => ({ instrument: instrument as InstrumentId, ratio })
const order = (number: number, legs: readonly Leg[] = [leg('SPY')], account = 'main'): NetOrder =>
  ({ id: number as OrderId, account: account as AccountId, legs }) as unknown as NetOrder
const idOf = (store: string, one: NetOrder): string => clientOrderId(hash, store, one)

/** Base 32 of the first 128 bits, bit by bit. */
function reference(bytes: Uint8Array): string {
  const bits = Array.from(bytes.slice(0, 17), (byte) => byte.toString(2).padStart(8, '0')).join('')
  const letters = Array.from({ length: 26 }, (_, at) => Number.parseInt(bits.slice(at * 5, at * 5 + 5), 2))
  return letters.map((value) => 'abcdefghijklmnopqrstuvwxyz234567'[value]!).join('')
}

describe('a client order id', () => {
  it('is 26 letters and digits of the hash of what the order is for', () => {
    const number = 7 * 1_048_576 + 3
    const id = idOf('store', order(number))
    expect(id).toMatch(/^[a-z2-7]{26}$/)
    expect(id).toBe(reference(hash(new TextEncoder().encode('["store","main",7,"SPY",3]'))))
  })

  it('is another one for another store, account, cycle, sequence, instrument or ratio', () => {
    const number = 7 * 1_048_576 + 3
    const ids = [
      idOf('store', order(number)),
      idOf('other', order(number)),
      idOf('store', order(number, undefined, 'second')),
      idOf('store', order(number + 1)),
      idOf('store', order(number + 1_048_576)),
      idOf('store', order(number, [leg('QQQ')])),
      idOf('store', order(number, [leg('SPY'), leg('QQQ', -1)])),
      idOf('store', order(number, [leg('SPY'), leg('QQQ', -2)])),
    ]
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('is the same whenever it is asked for, and never that of another order', () => {
    const known = new Map<string, string>()
    fc.assert(
      fc.property(fc.string(), fc.nat(2 ** 40), fc.string({ minLength: 1 }), (store, number, instrument) => {
        const id = idOf(store, order(number, [leg(instrument)]))
        expect(idOf(store, order(number, [leg(instrument)]))).toBe(id)
        const meant = JSON.stringify([store, number, instrument])
        expect(known.get(id) ?? meant).toBe(meant)
        known.set(id, meant)
      }),
      propertyRuns(500, 10_000),
    )
  })
})
