import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Column, csvText, numberText } from './csv.ts'

const COLUMNS: readonly Column<readonly (string | number | null)[]>[] = [0, 1, 2].map((index) => ({
  name: `column_${index}`,
  cell: (row) => row[index] ?? null,
}))

const read = (text: string): string[][] => parse(text, { record_delimiter: '\r\n', trim: false })

describe('comma-separated text', () => {
  it('ends every line with CRLF and writes the header first', () => {
    expect(csvText(COLUMNS, [['a', 1, null]])).toBe('column_0,column_1,column_2\r\na,1,\r\n')
    expect(csvText(COLUMNS, [])).toBe('column_0,column_1,column_2\r\n')
  })

  it('quotes commas, quotes and line breaks', () => {
    expect(csvText(COLUMNS, [['a,b', 'say "no"', 'two\nlines']])).toContain('"a,b","say ""no""","two\nlines"')
  })

  it('keeps text from being run as a formula', () => {
    for (const start of ['=', '+', '-', '@', '\t'])
      expect(read(csvText(COLUMNS, [[`${start}cmd|calc`, 1, null]]))[1]![0]).toBe(`'${start}cmd|calc`)
    expect(read(csvText(COLUMNS, [[-5, '', null]]))[1]![0]).toBe('-5')
  })

  it('reads back as it was written', () => {
    const safe = fc.string().filter((text) => !/^[=+\-@\t\r]/.test(text))
    const cell = fc.oneof(safe, fc.double({ noNaN: true, noDefaultInfinity: true }))
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { maxLength: 20 }), (rows) => {
        const back = read(csvText(COLUMNS, rows)).slice(1)
        const again = back.map((row, index) =>
          row.map((text, column) => (typeof rows[index]![column] === 'number' ? Number(text) : text)),
        )
        expect(again).toEqual(rows.map((row) => row.map((value) => (value === 0 ? 0 : value))))
      }),
      { seed: 20240117, numRuns: 200 },
    )
  })
})

describe('numbers in text', () => {
  it('are never in exponent form', () => {
    expect(numberText(1e21)).toBe('1000000000000000000000')
    expect(numberText(1.25e-9)).toBe('0.00000000125')
    expect(numberText(-3e-8)).toBe('-0.00000003')
    expect(numberText(-0)).toBe('0')
    expect(numberText(Number.NaN)).toBe('')
  })
})
