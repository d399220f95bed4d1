import { describe, expect, it } from 'vitest'
import type { Posting } from '../../engine/records/observer.ts'
import type { Runtime } from '../../engine/runtime.ts'
import { type ExpectedState, expectedPostings } from './expected.ts'
import { TOLERANCE_RULES } from './tolerance.ts'

const HOUR = 3_600_000

function listening() {
  const state = {
    at: 1_000 * HOUR,
    currencies: ['USD', 'EUR'],
    books: { currency: [0, 1, 0] },
    instruments: [
      { id: 'SPY', kind: 'equity' },
      { id: 'SAP', kind: 'equity' },
      { id: 'BTC', kind: 'crypto' },
    ],
  }
  const expected = expectedPostings()
  expected.observer.attach({ state } as unknown as Runtime)
  const post = (posting: Partial<Posting>): void => expected.observer.posting(posting as Posting)
  return { state, post, take: () => expected.take(), kept: () => expected.state() }
}

describe('what a broker posts later', () => {
  it('is a dividend of all sleeves together, in its currency', () => {
    const { state, post, take } = listening()
    post({ kind: 'dividend', instrument: 0, quantity: 0, cash: 5 })
    post({ kind: 'dividend', instrument: 0, quantity: 0, cash: 3 })
    post({ kind: 'dividend', instrument: 1, quantity: 0, cash: 4 })
    state.at += HOUR
    post({ kind: 'borrow', instrument: 0, quantity: 0, cash: -1 })
    post({ kind: 'fill', instrument: 0, quantity: 10, cash: -900 })
    post({ kind: 'transfer', instrument: -1, quantity: 0, cash: 7 })
    expect(take().accruals.map(({ currency, amount }) => [currency, amount])).toEqual([
      ['USD', 8],
      ['EUR', 4],
      ['USD', -1],
    ])
    expect(take().feesInKind).toEqual([])
  })

  it('is a fee of coins that were bought, and is forgotten after its window', () => {
    const { state, post, take } = listening()
    post({ kind: 'fill', instrument: 2, quantity: 50, cash: -9 })
    post({ kind: 'fill', instrument: 2, quantity: -20, cash: 4 })
    post({ kind: 'dividend', instrument: 0, quantity: 0, cash: 5 })
    expect(take().feesInKind).toEqual([{ instrument: 'BTC', bought: 50, at: 1_000 * HOUR }])
    state.at += TOLERANCE_RULES.feeWindowMs
    post({ kind: 'fill', instrument: 0, quantity: 1, cash: -1 })
    expect([take().feesInKind.length, take().accruals.length]).toEqual([0, 1])
    state.at += TOLERANCE_RULES.accrualWindowMs
    post({ kind: 'fill', instrument: 0, quantity: 1, cash: -1 })
    expect(take().accruals).toEqual([])
  })

  it('is known after a restart as before it', () => {
    const { state, post, take, kept } = listening()
    post({ kind: 'dividend', instrument: 0, quantity: 0, cash: 5 })
    post({ kind: 'fill', instrument: 2, quantity: 50, cash: -9 })
    const again = expectedPostings(TOLERANCE_RULES, JSON.parse(JSON.stringify(kept())) as ExpectedState)
    expect(again.take()).toEqual(take())
    again.observer.attach({ state } as unknown as Runtime)
    again.observer.posting({ kind: 'dividend', instrument: 0, quantity: 0, cash: 3 } as Posting)
    expect(again.take().accruals.map(({ amount }) => amount)).toEqual([8])
  })
})
