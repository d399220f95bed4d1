import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runAudited, runBacktest } from '../../src/engine/run/run.ts'
import { propertyRuns } from '../profile.ts'
import { type Bookkeeper, bookkeeper } from './bookkeeper.ts'
import { type DrawnPortfolio, drawnPortfolio, runInputOf } from './drawn-portfolio.ts'

/*
 * Portfolios drawn at random through the real kernel and the real exchange, audited after every event. Each invariant has
 * its own test, so that a broken rule is named by the test that fails.
 */

type Audit = Pick<Bookkeeper, 'problems' | 'seen'>

/** Every property draws the same portfolios, from one seed: each is played once for all of them. */
const played = new Map<string, Audit>()

function audited(drawn: DrawnPortfolio): Audit {
  const key = fc.stringify(drawn)
  const known = played.get(key)
  if (known !== undefined) return known
  const books = bookkeeper()
  runAudited(runInputOf(drawn), books, books.observer)
  const audit = { problems: books.problems, seen: books.seen }
  played.set(key, audit)
  return audit
}

/** No drawn portfolio has a problem whose line begins with one of these numbers. */
function holdsInAll(...numbers: readonly string[]): void {
  fc.assert(
    fc.property(drawnPortfolio, (drawn) => {
      const { problems } = audited(drawn)
      expect(problems.filter((line) => numbers.includes(line.split(' ')[0]!))).toEqual([])
    }),
    propertyRuns(250, 10_000),
  )
}

describe('drawn portfolios', () => {
  it('invariant 1: quantity conserved', () => {
    holdsInAll('1')
  })
  it('invariant 2: money conserved', () => {
    holdsInAll('2')
  })
  it('invariant 3: fill conserved', () => {
    holdsInAll('3')
  })
  it('invariant 4: every intent ends', () => {
    holdsInAll('4')
  })
  it('invariant 5: transfers create and lose nothing', () => {
    holdsInAll('5')
  })
  it('invariant 6: limits never stop a reducing change', () => {
    holdsInAll('6')
  })
  it('invariant 14: every sleeve position is holdable on its own', () => {
    holdsInAll('14')
  })

  it('the engine finds no breach of its own in them, and looks at each invariant', () => {
    const checked = new Map<string, number>()
    fc.assert(
      fc.property(drawnPortfolio, (drawn) => {
        const { invariants } = runBacktest(runInputOf(drawn))
        expect(invariants.violated).toEqual([])
        for (const [name, count] of Object.entries(invariants.checked)) {
          const id = name.split(' ')[0]!
          checked.set(id, (checked.get(id) ?? 0) + count)
        }
      }),
      propertyRuns(250, 10_000),
    )
    for (const id of ['1', '2', '3', '4', '6', '14']) expect([id, checked.get(id)! > 100]).toEqual([id, true])
  })

  it('hold everything that the engine must stand', () => {
    const seen = new Map<string, number>()
    fc.assert(
      fc.property(drawnPortfolio, (drawn) => {
        for (const [what, count] of audited(drawn).seen) seen.set(what, (seen.get(what) ?? 0) + count)
      }),
      propertyRuns(500, 1_000),
    )
    const missing = [
      'fill',
      'cross',
      'full offset',
      'no order',
      'flip',
      'short',
      'split',
      'dividend',
      'funding',
      'borrow',
      'ended',
      'marginCall',
      'near the largest quantity',
      'truncated to lots',
      'ended partial',
      'ended rejected',
      'ended cancelled',
      'ended expired',
      'refused',
      'trimmed',
      'lapsed',
      'superseded',
      'rule notHoldable',
      'rule notBorrowable',
      'rule drawdownBreaker',
      'rule leverage',
      'rule sleeveCash',
    ].filter((what) => (seen.get(what) ?? 0) < 3)
    expect(missing).toEqual([])
  })
})
