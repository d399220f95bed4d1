import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../../test/profile.ts'
import { drawnPortfolio, runInputOf } from '../../../test/simulation/drawn-portfolio.ts'
import { fillColumns } from '../../domain/columns.ts'
import type { EngineEvent } from '../../domain/events.ts'
import type { AccountId, Instant, InstrumentId, Quantity, SleeveId } from '../../domain/units.ts'
import { runBacktest } from '../run/run.ts'
import { decodeEvent, encodeEvent } from './codec.ts'

const noName = (): never => {
  throw new Error('no instrument is asked for')
}

describe('an event as bytes', () => {
  it('is the same bytes again after it was read, for every event of a run', () => {
    const kinds = new Set<string>()
    fc.assert(
      fc.property(drawnPortfolio, (drawn) => {
        const journal = (event: EngineEvent): void => {
          kinds.add(event.kind)
          const bytes = encodeEvent(event)
          const again = encodeEvent(decodeEvent(bytes, noName))
          expect(Buffer.compare(bytes, again)).toBe(0)
        }
        runBacktest({ ...runInputOf(drawn), journal })
      }),
      propertyRuns(20, 1_000),
    )
    for (const kind of ['configured', 'listed', 'sessions', 'slices', 'quotes', 'fills', 'order']) {
      expect(kinds).toContain(kind)
    }
  })

  it('keeps NaN, negative zero and infinities of rare events, and every bit of columns', () => {
    const rates = [{ currency: 'EUR', rate: Number.POSITIVE_INFINITY }]
    const event = { seq: 3, at: 5, kind: 'rates', tradeDate: 20_240_102, rates } as unknown as EngineEvent
    expect(decodeEvent(encodeEvent(event), noName)).toEqual(event)
  })

  it('keeps the shares that go with a late fill, and that a fill came from outside', () => {
    const fills = fillColumns('main' as AccountId, () => 'SPY' as InstrumentId)
    fills.clear(5 as Instant)
    fills.push(0, 1, 0, 10, 99.5, 2)
    fills.push(7, 2, 0, -4, 99.5, 0)
    fills.attach([{ sleeve: 'one' as SleeveId, open: -4 as Quantity }])
    const event = { seq: 3, at: 5, outside: 9, kind: 'fills', fills } as unknown as EngineEvent
    const again = decodeEvent(encodeEvent(event), () => 'SPY' as InstrumentId)
    expect(again).toMatchObject({ seq: 3, at: 5, outside: 9 })
    const told = again.kind === 'fills' ? [again.fills.at(0), again.fills.at(1)] : []
    expect(told).toEqual([fills.at(0), fills.at(1)])
    expect(told[1]?.shares).toEqual([{ sleeve: 'one', open: -4 }])
  })

  it('refuses bytes that are cut short', () => {
    const event = { seq: 0, at: 0, kind: 'order', order: 1, state: 'rejected', evidence: 'x' } as unknown as EngineEvent
    const bytes = encodeEvent(event)
    expect(() => decodeEvent(bytes.subarray(0, bytes.length - 3), noName)).toThrow()
  })
})
