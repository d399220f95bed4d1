import { describe, expect, it } from 'vitest'
import { describeFault, FaultError } from '../../domain/faults.ts'
import { parseDelimited } from './delimited.ts'
import { historyRows } from './universe-history.ts'

const HEADER = 'date,symbol,status,reasons\n'

function said(text: string): string {
  try {
    historyRows(parseDelimited(text, 'h.csv'))
    return 'fine'
  } catch (cause) {
    if (!(cause instanceof FaultError)) throw cause
    return describeFault(cause.fault)
  }
}

describe('a universe history', () => {
  it('is read with its days, sides, reasons and lines', () => {
    const rows = historyRows(
      parseDelimited(`${HEADER}2023-08-15,AAA,in,\n2023-08-15,BBB,OUT,"float 3 is not below 2; dear"\n`, 'h.csv'),
    )
    expect(rows).toEqual([
      { tradeDate: 20_230_815, instrument: 'AAA', isMember: true, reasons: [], line: 2 },
      {
        tradeDate: 20_230_815,
        instrument: 'BBB',
        isMember: false,
        reasons: ['float 3 is not below 2', 'dear'],
        line: 3,
      },
    ])
  })
  it('needs no reasons at all', () => {
    expect(said('date,symbol,status\n2023-08-15,AAA,in\n')).toBe('fine')
  })
  it.each([
    [
      'a status that is neither',
      `${HEADER}2023-08-15,AAA,maybe,\n`,
      /line 2: status "maybe" cannot be read as in or out/,
    ],
    [
      'days that go back',
      `${HEADER}2023-08-15,AAA,in,\n2023-08-14,BBB,in,\n`,
      /line 3: 2023-08-14 stands after 2023-08-15; the earliest day comes first/,
    ],
    [
      'a symbol twice on a day',
      `${HEADER}2023-08-15,AAA,in,\n2023-08-15,AAA,out,\n`,
      /line 3: "AAA" has this day on line 2 already; keep one row/,
    ],
    ['a row without a symbol', `${HEADER}2023-08-15,,in,\n`, /line 2: the symbol is empty/],
    ['a day that does not exist', `${HEADER}2023-02-30,AAA,in,\n`, /line 2/],
    ['other columns', 'date,symbol,price\n2023-08-15,AAA,3\n', /a universe history has date, symbol, status/],
  ])('refuses %s by line', (_, text, message) => {
    expect(said(text)).toMatch(message)
  })
})
