import { expect, it } from 'vitest'
import type { Posting } from '../engine/records/observer.ts'
import type { Runtime } from '../engine/runtime.ts'
import { messageWriter } from './messages.ts'

const SHARE = 1_000_000

/** Two sleeves, of which the second holds what the first instruments name; more contracts are listed by the day. */
function runtimeOf(symbols: readonly string[], held: readonly number[]): Runtime {
  const width = symbols.length
  const instruments = symbols.map((symbol) => ({ symbol, unitsPerWhole: SHARE }))
  const quantity = new Float64Array(2 * width)
  held.forEach((units, index) => {
    quantity[width + index] = units
  })
  const accountQuantity = quantity.slice(width)
  const books = { sleeves: 2, width, quantity, accountQuantity, currency: new Int32Array(width) }
  const state = { at: 5, instruments, books, currencies: ['USD'], rate: [1], violations: [], config: null }
  return { state, sleeves: [{ config: { id: 'one' } }, { config: { id: 'two' } }] } as unknown as Runtime
}

it('says what was booked where the books have grown wider before it is said', () => {
  const writer = messageWriter()
  writer.observer.attach(runtimeOf(['A', 'A put'], [3 * SHARE, 2 * SHARE]))
  const posting = { kind: 'fill', sleeve: 1, instrument: 1, quantity: 2 * SHARE, price: 4, cash: 0, reason: 'bought' }
  writer.observer.posting(posting as Posting)
  writer.observer.attach(runtimeOf(['A', 'A put', 'A call', 'A other'], [3 * SHARE, 2 * SHARE, 0, 0]))
  writer.close()
  const now = writer.take().filter(({ body }) => (body as { readonly event?: string }).event === 'now')
  expect(now.map(({ body }) => body)).toEqual([
    { event: 'now', sleeve: 'two', instrument: 'A put', quantity: 2, net: 2 },
  ])
})

it('says where a sleeve wants to go, and that one that wishes nothing holds', () => {
  const writer = messageWriter()
  writer.observer.attach(runtimeOf(['A'], [0]))
  const said = { at: 5, tradeDate: 0, regime: '', reason: 'low' }
  const entry = { sleeve: 0, instrument: 0, quantity: 0 - SHARE, confidence: 0.7, price: 10, stop: 11 }
  writer.observer.signalled?.({ ...said, ...entry, target: Number.NaN })
  writer.observer.decided?.(0, 1)
  writer.observer.decided?.(1, 0)
  const none = { confidence: null, entry: null, stop: null, target: null }
  const sold = { direction: 'SELL', confidence: 0.7, entry: 10, stop: 11, target: null }
  expect(writer.take()).toEqual([
    { at: 5, channel: 'signals.one', body: { event: 'signal', sleeve: 'one', instrument: 'A', ...sold } },
    {
      at: 5,
      channel: 'signals.two',
      body: { event: 'signal', sleeve: 'two', instrument: null, direction: 'HOLD', ...none },
    },
  ])
})
