import { describe, expect, it } from 'vitest'
import {
  averagePrice,
  type Books,
  createBooks,
  postAccount,
  postFlow,
  postTrade,
  postTransfer,
  widenBooks,
} from './books.ts'

/** Two sleeves, one instrument of a million units to the share. */
function opened(): Books {
  const books = createBooks(2, 1, 1)
  books.perWhole[0] = 1_000_000
  books.multiplier[0] = 1
  books.scale[0] = 1e-6
  postFlow(books, 0, 0, 1_000_000_000)
  return books
}

const trade = (books: Books, shares: number, price: number, fee = 0): number =>
  postTrade(books, 0, 0, shares * 1_000_000, price, -shares * price * 1_000_000, fee)

describe('postTrade', () => {
  it('averages the cost of purchases and realises the part that is sold', () => {
    const books = opened()
    trade(books, 10, 20)
    trade(books, 30, 40)
    expect(averagePrice(books, 0, 0)).toBe(35)
    expect(trade(books, -10, 50)).toBe(150)
    expect(averagePrice(books, 0, 0)).toBe(35)
    expect(books.quantity[0]).toBe(30_000_000)
    expect(books.realised[0]).toBe(150)
  })

  it('closes the old side and opens the new one at the trade price when it goes through zero', () => {
    const books = opened()
    trade(books, 10, 20)
    expect(trade(books, -25, 30)).toBe(100)
    expect(averagePrice(books, 0, 0)).toBe(30)
    expect(trade(books, 15, 20)).toBe(150)
    expect([books.quantity[0], books.cost[0], books.realised[0]]).toEqual([0, 0, 250])
  })

  it('expenses fees and never adds them to the cost', () => {
    const books = opened()
    trade(books, 10, 20, 350_000)
    expect(averagePrice(books, 0, 0)).toBe(20)
    expect(books.fees[0]).toBe(350_000)
    expect(books.cash[0]).toBe(1_000_000_000 - 200_000_000 - 350_000)
  })

  it('refuses a position beyond 2^52 units, and takes one of exactly 2^52', () => {
    const books = opened()
    postTrade(books, 0, 0, 2 ** 52, 1, 0, 0)
    expect(() => postTrade(books, 0, 0, 1, 1, 0, 0)).toThrow('2^52')
  })
})

describe('the account', () => {
  it('refuses cash beyond 2^52 counts, and what is no number', () => {
    const books = opened()
    expect(() => postAccount(books, 0, 0, 2 ** 52)).toThrow('2^52')
    expect(() => postAccount(books, 0, 0, Number.NaN)).toThrow('NaN')
  })

  it('is not touched by a transfer between its sleeves', () => {
    const books = opened()
    postTransfer(books, 0, 0, 1, 123)
    expect(Array.from(books.cash)).toEqual([1_000_000_000 - 123, 123])
    expect(books.accountCash[0]).toBe(1_000_000_000)
  })

  it('keeps every row when instruments are added', () => {
    const books = createBooks(2, 1, 1)
    books.perWhole[0] = 1
    books.multiplier[0] = 1
    postTrade(books, 0, 0, 3, 1, 0, 0)
    postTrade(books, 1, 0, 5, 1, 0, 0)
    widenBooks(books, 4)
    expect([books.quantity[0], books.quantity[4]]).toEqual([3, 5])
    widenBooks(books, 2)
    expect(books.width).toBe(4)
  })
})
