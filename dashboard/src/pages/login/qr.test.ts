import { describe, expect, it } from 'vitest'
import { qrModules } from './qr.ts'
import { strengthOf } from './strength.ts'

type Grid = readonly (readonly boolean[])[]

const MASKS: readonly ((row: number, column: number) => boolean)[] = [
  (i, j) => (i + j) % 2 === 0,
  (i) => i % 2 === 0,
  (_, j) => j % 3 === 0,
  (i, j) => (i + j) % 3 === 0,
  (i, j) => (Math.floor(i / 2) + Math.floor(j / 3)) % 2 === 0,
  (i, j) => ((i * j) % 2) + ((i * j) % 3) === 0,
  (i, j) => (((i * j) % 2) + ((i * j) % 3)) % 2 === 0,
  (i, j) => (((i * j) % 3) + ((i + j) % 2)) % 2 === 0,
]

/** The mask that the format information beside the upper left finder names, read as a scanner reads it. */
function maskOf(grid: Grid): number {
  const cells = [
    ...[0, 1, 2, 3, 4, 5, 7, 8].map((column) => grid[8]![column]!),
    ...[7, 5, 4, 3, 2, 1, 0].map((row) => grid[row]![8]!),
  ]
  const bits = cells.reduce((value, isDark) => value * 2 + (isDark ? 1 : 0), 0) ^ 0b101010000010010
  expect(bits >> 13).toBe(0) // level M
  return (bits >> 10) & 7
}

/** Reads a code of version 1 to 3, which has one block: no other part of the page that draws it is used. */
function read(grid: Grid): string {
  const size = grid.length
  const mask = MASKS[maskOf(grid)]!
  const alignment = size === 21 ? -9 : size - 7
  const isFixed = (row: number, column: number): boolean =>
    (row < 9 && column < 9) ||
    (row < 9 && column >= size - 8) ||
    (row >= size - 8 && column < 9) ||
    row === 6 ||
    column === 6 ||
    (Math.abs(row - alignment) <= 2 && Math.abs(column - alignment) <= 2)
  const bits: number[] = []
  let isUp = true
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right -= 1
    for (let step = 0; step < size; step += 1) {
      const row = isUp ? size - 1 - step : step
      for (const column of [right, right - 1])
        if (!isFixed(row, column)) bits.push(grid[row]![column]! !== mask(row, column) ? 1 : 0)
    }
    isUp = !isUp
  }
  const number = (from: number, length: number): number => Number.parseInt(bits.slice(from, from + length).join(''), 2)
  expect(number(0, 4)).toBe(4) // bytes
  const bytes = Array.from({ length: number(4, 8) }, (_, place) => number(12 + 8 * place, 8))
  return new TextDecoder().decode(Uint8Array.from(bytes))
}

describe('a QR code', () => {
  it.each(['HELLO', 'https://example.org/a', 'otpauth://totp/a?secret=ABCDEFGH'])('of "%s" can be read back', (text) =>
    expect(read(qrModules(text))).toBe(text),
  )
  it('grows with its text, and refuses what does not fit', () => {
    expect([qrModules('a').length, qrModules('a'.repeat(100)).length, qrModules('a'.repeat(213)).length]).toEqual([
      21, 41, 57,
    ])
    expect(() => qrModules('a'.repeat(214))).toThrow('213 bytes')
  })
  it('has the finders where scanners look for them', () => {
    const grid = qrModules('otpauth://totp/Polyfolio:reader?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Polyfolio')
    const last = grid.length - 1
    for (const [row, column] of [
      [3, 3],
      [3, last - 3],
      [last - 3, 3],
    ] as const)
      expect([grid[row]![column], grid[row]![column - 2], grid[row]![column - 3]]).toEqual([true, false, true])
  })
})

describe('a passphrase', () => {
  it('needs fifteen characters', () => {
    expect(strengthOf('').isEnough).toBe(false)
    expect(strengthOf('fourteen chars').text).toBe('1 more characters are needed.')
    expect(strengthOf('correct horse battery staple').text).toBe('Strong.')
    expect(strengthOf('aaaaaaaaaaaaaaaaaaaa').part).toBeLessThan(0.5)
  })
})
