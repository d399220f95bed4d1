import { describe, expect, it } from 'vitest'
import type { Discrepancy } from '../../domain/discrepancies.ts'
import { type AssignBody, assignOf } from './assign.ts'

const open = [
  { id: 'position-SPY-1', kind: 'position', subject: 'SPY', adopted: 5_000_000 },
  { id: 'cash-USD-2', kind: 'cash', subject: 'USD', adopted: -3_000_000 },
  { id: 'cash-JPY-3', kind: 'cash', subject: 'JPY', adopted: 0 },
] as unknown as readonly Discrepancy[]

const word = (more: Partial<AssignBody>, mark = 470): unknown =>
  assignOf(
    { discrepancy: 'position-SPY-1', to: 'trend', price: null, cash: null, note: '', ...more },
    open,
    (subject) => (subject === 'SPY' ? ({ id: 'SPY', mark, countsPerUnit: 1_000_000 } as never) : null),
  )

describe('an operator’s word on a discrepancy', () => {
  it('gives a sleeve what was found, at its mark, at a price or for what was agreed', () => {
    const named = { kind: 'assign', to: 'trend', instrument: 'SPY', quantity: 5_000_000, discrepancy: 'position-SPY-1' }
    expect(word({})).toEqual({ ...named, price: 470 })
    expect(word({ price: 400 })).toEqual({ ...named, price: 400 })
    expect(word({ cash: 0 })).toEqual({ ...named, price: 470, cash: 0 })
    expect(word({ cash: 12.5 })).toEqual({ ...named, price: 470, cash: 12_500_000 })
  })

  it('moves money as it is', () => {
    const money = { kind: 'assignCash', to: 'trend', currency: 'USD', amount: -3_000_000, discrepancy: 'cash-USD-2' }
    expect(word({ discrepancy: 'cash-USD-2' })).toEqual(money)
    expect(word({ discrepancy: 'cash-USD-2', price: 1 })).toBe('money goes as it is: leave --price and --cash out')
  })

  it('leaves it external where it names no sleeve', () => {
    expect(word({ to: null, note: 'mine' })).toEqual({ kind: 'acceptDiscrepancy', id: 'position-SPY-1', note: 'mine' })
  })

  it('is refused with what can be done instead', () => {
    expect(word({ discrepancy: 'x' })).toContain('no discrepancy "x" is open; there are "position-SPY-1"')
    expect(word({ discrepancy: 'cash-JPY-3' })).toContain('leave --to out to accept it as it is')
    expect(word({}, Number.NaN)).toBe('nobody knows a price of "SPY"; say --price')
  })
})
