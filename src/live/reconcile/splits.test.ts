import { describe, expect, it } from 'vitest'
import type { BrokerPosition } from '../../domain/broker.ts'
import type { InstrumentId } from '../../domain/units.ts'
import type { Runtime } from '../../engine/runtime.ts'
import { isBeforeSplit, splitWatch } from './splits.ts'

const ACME = 'ACME' as InstrumentId
const DAY_MS = 86_400_000

const runtimeWith = (factor: number): Runtime =>
  ({ state: { factor: Float64Array.of(factor), instruments: [{ id: ACME, step: 1 }] } }) as unknown as Runtime
const shows = (quantity: number): readonly BrokerPosition[] =>
  [{ symbol: 'ACME', instrument: ACME, quantity, price: null }] as unknown as readonly BrokerPosition[]

/** A watch that saw a position and then one share become two. */
function splitInTwo(shown: number) {
  const watch = splitWatch()
  watch.look(runtimeWith(1), 0)
  watch.saw(shows(shown))
  expect(watch.look(runtimeWith(2), 1_000)).toEqual([ACME])
  return watch
}

describe('a split that a broker has not booked yet', () => {
  it('is seen once, and is no difference while the broker shows what it showed before', () => {
    const watch = splitInTwo(50)
    expect(watch.look(runtimeWith(2), 2_000)).toEqual([])
    const split = watch.recent(2_000).get(ACME)!
    expect(split).toMatchObject({ ratio: 2, shown: 50 })
    expect(isBeforeSplit(50, 100, split)).toBe(true)
    expect([isBeforeSplit(100, 100, split), isBeforeSplit(60, 120, split), isBeforeSplit(50, 90, split)]).toEqual([
      false,
      false,
      false,
    ])
  })

  it('is waited for a day, and not once the broker has told it', () => {
    const watch = splitInTwo(50)
    expect(watch.recent(1_000 + DAY_MS).size).toBe(1)
    expect(watch.recent(1_001 + DAY_MS).size).toBe(0)
    const told = splitInTwo(50)
    told.told(ACME, 2_000)
    expect(isBeforeSplit(50, 100, told.recent(2_000).get(ACME)!)).toBe(false)
    const first = splitWatch()
    first.look(runtimeWith(1), 0)
    first.saw(shows(50))
    first.told(ACME, 500)
    first.look(runtimeWith(2), 1_000)
    expect(isBeforeSplit(50, 100, first.recent(1_000).get(ACME)!)).toBe(false)
  })

  it('is a difference where nobody has seen what the broker showed before', () => {
    const watch = splitWatch()
    watch.look(runtimeWith(1), 0)
    watch.look(runtimeWith(2), 1_000)
    expect(isBeforeSplit(50, 100, watch.recent(1_000).get(ACME)!)).toBe(false)
  })
})
