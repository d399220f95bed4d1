import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { sampleRun } from '../../../test/fixtures/sample-run.ts'
import { returnsOf } from './returns.ts'
import { tableTexts } from './tables.ts'

const run = sampleRun({ days: 300 })
const returns = returnsOf(run)
const texts = tableTexts(run, returns)
const rows = (text: string): Record<string, string>[] => parse(text, { columns: true, record_delimiter: '\r\n' })
const header = (text: string): string => text.split('\r\n')[0]!

describe('tables of a report', () => {
  it('have the documented columns', () => {
    expect(header(texts.trades)).toBe(
      'sleeve,instrument,kind,side,quantity,entry_date,exit_date,opened_at,closed_at,entry_price,exit_price,pnl,fees,bars,maximum_adverse,maximum_favourable,entry_reason,exit_reason,entry_order,exit_order',
    )
    expect(header(texts.orders)).toBe(
      'order,cycle,at,trade_date,instrument,type,sleeve,gross_long,gross_short,net,crossed,filled,sleeves_long,sleeves_short,price,fee,state,reason',
    )
    expect(header(texts.attribution)).toBe(
      'at,trade_date,order,execution,sleeve,instrument,kind,quantity,price,cash,fee,realised,reason',
    )
    const sleeves = ['large_cap', 'micro_cap', 'options', 'crypto', 'cash']
    const own = ['equity', 'cash', 'exposure', 'flow', 'return', 'positions']
    expect(header(texts.equity)).toBe(
      [
        'date',
        'equity',
        'cash',
        'gross_exposure',
        'net_exposure',
        'return',
        'drawdown',
        'weighted_volatility',
        'portfolio_volatility',
        'diversification_benefit',
        ...sleeves.flatMap((name) => own.map((column) => `${name}_${column}`)),
      ].join(','),
    )
  })

  it('hold one row for each record and day', () => {
    expect(rows(texts.trades)).toHaveLength(run.trades.length)
    expect(rows(texts.orders)).toHaveLength(run.orders.length)
    expect(rows(texts.attribution)).toHaveLength(run.attribution.length)
    expect(rows(texts.equity)).toHaveLength(300)
  })

  it('read back as the numbers of the run', () => {
    expect(rows(texts.equity).map((row) => Number(row['equity']))).toEqual([...run.equity])
    expect(rows(texts.equity)[299]).toMatchObject({ date: '2021-02-24', cash_positions: '0' })
    expect(Number(rows(texts.equity)[5]!['drawdown'])).toBeCloseTo(returns.drawdown[5]!, 14)
    expect(rows(texts.trades).map((row) => Number(row['pnl']))).toEqual(run.trades.map((trade) => trade.pnl))
    expect(rows(texts.trades)[0]!['entry_reason']).toBe('RSI below 27, close below the lower band')
  })

  it('join trades and attribution to orders by the id of the order', () => {
    const orders = new Map(rows(texts.orders).map((row) => [row['order']!, row]))
    expect(orders.size).toBe(run.orders.length)
    for (const trade of rows(texts.trades)) {
      for (const id of [trade['entry_order']!, trade['exit_order']!]) {
        expect(orders.get(id)!['instrument']).toBe(trade['instrument'])
        expect(orders.get(id)!['sleeve']!.split(';')).toContain(trade['sleeve'])
      }
    }
    for (const part of rows(texts.attribution)) expect(orders.get(part['order']!)!['sleeve']).toContain(part['sleeve'])
  })

  it('name the sleeves on each side of a cross with their quantities', () => {
    const crossed = rows(texts.orders).find((row) => row['state'] === 'crossed')!
    const record = run.orders.find((order) => order.state === 'crossed')!
    const [first, second] = record.shares
    const [long, short] = first!.wanted > 0 ? [first!, second!] : [second!, first!]
    expect(crossed).toMatchObject({
      net: '0',
      filled: '0',
      gross_long: String(record.grossLong),
      gross_short: String(record.grossShort),
      sleeves_long: `${long.sleeve}:${long.wanted}`,
      sleeves_short: `${short.sleeve}:${-short.wanted}`,
    })
  })

  it('are a header alone where nothing happened', () => {
    const empty = sampleRun({ days: 1 })
    expect(rows(tableTexts(empty, returnsOf(empty)).trades)).toEqual([])
  })
})
