import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../../../test/profile.ts'
import { FaultError } from '../../domain/faults.ts'
import { decode, parseDelimited } from './delimited.ts'
import { parseNumber } from './numbers.ts'
import type { Table } from './table.ts'

function cells(table: Table): readonly (readonly string[])[] {
  return Array.from({ length: table.count }, (_, row) => table.header.map((_name, column) => table.cell(row, column)))
}

function refusal(text: string): string {
  try {
    parseDelimited(text, 'hand.csv')
  } catch (cause) {
    if (cause instanceof FaultError) return cause.message
  }
  return 'read'
}

describe('parseDelimited', () => {
  it('gives each row the line it came from, across blank lines and quotes', () => {
    const table = parseDelimited('a,b\n\n1,2\n,\n3,"4,5"\n6,7\n', 'hand.csv')
    expect(cells(table)).toEqual([
      ['1', '2'],
      ['3', '4,5'],
      ['6', '7'],
    ])
    expect([...table.lines]).toEqual([3, 5, 6])
    expect(table.findings.map(({ code, line, count }) => `${code} ${line} ${count}`)).toEqual(['blank-lines 2 2'])
  })

  it.each([';', '\t', '|'])('reads cells parted by %j', (delimiter) => {
    const table = parseDelimited(`a,b\n1,2`.replaceAll(',', delimiter), 'hand.csv')
    expect(cells(table)).toEqual([['1', '2']])
    expect(table.findings.map(({ code }) => code)).toEqual(['delimiter'])
  })

  it('reads decimal commas only where no cell has a decimal point', () => {
    expect([...parseDelimited('a;b\n1,5;1.234,5', 'h.csv').numbers(0)]).toEqual([1.5])
    expect(() => parseDelimited('a;b\n1,5;2.5', 'h.csv').numbers(0)).toThrow('a "1,5" cannot be read as a number')
  })

  it('refuses rows of another length and quotes without an end, with the line', () => {
    expect(refusal('a,b\n1,2\n1,2,3\n')).toBe(
      '"hand.csv" line 3: 3 cells stand under 2 columns; correct the row or the header',
    )
    expect(refusal('a,b\n1,"2\n')).toContain('quotation mark')
  })

  it('reads what a library for the format reads, with and without quotes', () => {
    const cell = fc.stringMatching(/^[a-z0-9 .]{1,6}$/).filter((text) => text.trim() === text && text !== '')
    const quoted = fc.oneof(
      cell,
      cell.map((text) => `${text},"${text}`),
    )
    const rows = fc.array(fc.tuple(quoted, cell), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(rows, (given) => {
        const text = ['first,second', ...given.map((row) => row.map(written).join(','))].join('\r\n')
        const expected = (parse(text) as string[][]).slice(1)
        const own = parseDelimited(text, 'hand.csv')
        expect(cells(own)).toEqual(expected.filter((row) => row.join() !== 'first,second'))
      }),
      propertyRuns(300),
    )
  })
})

/** A cell as the format writes it. */
function written(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

describe('decode', () => {
  const table = 'a,b\n1,2\n'

  it('reads UTF-8 with and without its mark, and UTF-16 of both orders', () => {
    const little = Buffer.from(`\ufeff${table}`, 'utf16le')
    const big = Buffer.from(little).swap16()
    for (const bytes of [Buffer.from(table), Buffer.from(`\ufeff${table}`), little, big]) {
      expect(decode(bytes, 'h.csv').text).toBe(table)
    }
    expect(decode(big, 'h.csv').findings.map(({ code }) => code)).toEqual(['utf-16'])
  })

  it('refuses what is no text', () => {
    expect(() => decode(Buffer.from([1, 2, 3, 0, 5]), 'h.csv')).toThrow('binary data')
    expect(() => decode(Buffer.from([0x61, 0xe9, 0x0a]), 'h.csv')).toThrow('not written in UTF-8')
    expect(() => decode(Buffer.alloc(0), 'h.csv')).toThrow('holds no rows')
  })
})

describe('parseNumber', () => {
  it.each([
    ['1234.5', 1234.5],
    ['-1e3', -1000],
    ['.5', 0.5],
    ['7,181,508', 7_181_508],
    ['$1,234.50', 1234.5],
    ['', Number.NaN],
    ['NULL', Number.NaN],
    ['NaN', Number.NaN],
    ['12,34', null],
    ['1,23,456', null],
    ['1.2.3', null],
    ['abc', null],
    ['0x10', null],
    ['Infinity', null],
  ])('reads %j as %d', (text, value) => {
    expect(parseNumber(text, false)).toEqual(value)
  })
})
