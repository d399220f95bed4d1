/**
 * QR codes (ISO/IEC 18004), bytes, error correction level M, versions 1 to 10: up to 213 bytes, more than an address of
 * an authenticator needs.
 */

interface Version {
  /** Codewords in all, and of error correction in each block. */
  readonly codewords: number
  readonly correction: number
  /** Data codewords of each block. */
  readonly blocks: readonly number[]
  readonly alignment: readonly number[]
}

const VERSIONS: readonly Version[] = [
  { codewords: 26, correction: 10, blocks: [16], alignment: [] },
  { codewords: 44, correction: 16, blocks: [28], alignment: [6, 18] },
  { codewords: 70, correction: 26, blocks: [44], alignment: [6, 22] },
  { codewords: 100, correction: 18, blocks: [32, 32], alignment: [6, 26] },
  { codewords: 134, correction: 24, blocks: [43, 43], alignment: [6, 30] },
  { codewords: 172, correction: 16, blocks: [27, 27, 27, 27], alignment: [6, 34] },
  { codewords: 196, correction: 18, blocks: [31, 31, 31, 31], alignment: [6, 22, 38] },
  { codewords: 242, correction: 22, blocks: [38, 38, 39, 39], alignment: [6, 24, 42] },
  { codewords: 292, correction: 22, blocks: [36, 36, 36, 37, 37], alignment: [6, 26, 46] },
  { codewords: 346, correction: 26, blocks: [43, 43, 43, 43, 44], alignment: [6, 28, 50] },
]

// Products in the field of 256 elements over x^8 + x^4 + x^3 + x^2 + 1.
const POWERS = new Uint8Array(512)
const LOGS = new Uint8Array(256)
for (let power = 0, value = 1; power < 255; power += 1) {
  POWERS[power] = value
  POWERS[power + 255] = value
  LOGS[value] = power
  value = value & 128 ? (value << 1) ^ 0x11d : value << 1
}

function times(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : POWERS[LOGS[a]! + LOGS[b]!]!
}

function generator(degree: number): number[] {
  let polynomial = [1]
  for (let root = 0; root < degree; root += 1) {
    const next = [...polynomial, 0]
    for (const [place, factor] of polynomial.entries()) next[place + 1]! ^= times(factor, POWERS[root]!)
    polynomial = next
  }
  return polynomial
}

function correctionOf(data: readonly number[], degree: number): number[] {
  const divisor = generator(degree)
  const rest = [...data, ...Array.from({ length: degree }, () => 0)]
  for (let place = 0; place < data.length; place += 1) {
    const factor = rest[place]!
    for (const [offset, value] of divisor.entries()) rest[place + offset]! ^= times(value, factor)
  }
  return rest.slice(data.length)
}

function dataCodewords(bytes: Uint8Array, version: number): number[] {
  const { blocks } = VERSIONS[version - 1]!
  const room = blocks.reduce((sum, size) => sum + size, 0)
  const bits: number[] = []
  const put = (value: number, length: number): void => {
    for (let bit = length - 1; bit >= 0; bit -= 1) bits.push((value >> bit) & 1)
  }
  put(4, 4) // bytes
  put(bytes.length, version < 10 ? 8 : 16)
  for (const byte of bytes) put(byte, 8)
  put(0, Math.min(4, room * 8 - bits.length))
  while (bits.length % 8 !== 0) bits.push(0)
  const words: number[] = []
  for (let at = 0; at < bits.length; at += 8) words.push(Number.parseInt(bits.slice(at, at + 8).join(''), 2))
  for (let pad = 0; words.length < room; pad += 1) words.push(pad % 2 === 0 ? 0xec : 0x11)
  return words
}

/** Blocks one after another, read across: first all their data, then all their correction. */
function interleaved(words: readonly number[], { blocks, correction }: Version): number[] {
  const starts = blocks.map((_, index) => blocks.slice(0, index).reduce((sum, size) => sum + size, 0))
  const data = blocks.map((size, index) => words.slice(starts[index], starts[index]! + size))
  const extra = data.map((block) => correctionOf(block, correction))
  const across = (rows: readonly (readonly number[])[]): number[] =>
    Array.from({ length: Math.max(...rows.map(({ length }) => length)) }, (_, place) =>
      rows.flatMap((row) => (row[place] === undefined ? [] : [row[place]!])),
    ).flat()
  return [...across(data), ...across(extra)]
}

type Grid = (boolean | null)[][]

function drawFixed(grid: Grid, version: number): void {
  const size = grid.length
  const set = (x: number, y: number, isDark: boolean): void => {
    if (x >= 0 && y >= 0 && x < size && y < size) grid[y]![x] = isDark
  }
  const finder = (left: number, top: number): void => {
    for (let dy = -1; dy <= 7; dy += 1)
      for (let dx = -1; dx <= 7; dx += 1) {
        const ring = Math.max(Math.abs(dx - 3), Math.abs(dy - 3))
        set(left + dx, top + dy, ring !== 2 && ring <= 3)
      }
  }
  for (let place = 8; place < size - 8; place += 1) {
    set(place, 6, place % 2 === 0)
    set(6, place, place % 2 === 0)
  }
  finder(0, 0)
  finder(size - 7, 0)
  finder(0, size - 7)
  const { alignment } = VERSIONS[version - 1]!
  const far = alignment.at(-1)
  for (const cx of alignment)
    for (const cy of alignment) {
      if ((cx === 6 && cy === 6) || (cx === 6 && cy === far) || (cx === far && cy === 6)) continue
      for (let dy = -2; dy <= 2; dy += 1)
        for (let dx = -2; dx <= 2; dx += 1) set(cx + dx, cy + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1)
    }
  drawVersion(grid, version)
}

function drawVersion(grid: Grid, version: number): void {
  if (version < 7) return
  let rest = version
  for (let step = 0; step < 12; step += 1) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25)
  const bits = (version << 12) | rest
  for (let bit = 0; bit < 18; bit += 1) {
    const isDark = ((bits >> bit) & 1) === 1
    const [a, b] = [grid.length - 11 + (bit % 3), Math.floor(bit / 3)]
    grid[b]![a] = isDark
    grid[a]![b] = isDark
  }
}

/** Level M is 0; the mask's number is told along. */
function drawFormat(grid: Grid, mask: number): void {
  let rest = mask
  for (let step = 0; step < 10; step += 1) rest = (rest << 1) ^ ((rest >> 9) * 0x537)
  const bits = ((mask << 10) | rest) ^ 0x5412
  const size = grid.length
  for (let bit = 0; bit < 15; bit += 1) {
    const isDark = ((bits >> bit) & 1) === 1
    const row = bit < 6 ? bit : bit < 8 ? bit + 1 : size - 15 + bit
    const column = bit < 8 ? size - 1 - bit : bit === 8 ? 7 : 14 - bit
    grid[row]![8] = isDark
    grid[8]![column] = isDark
  }
  grid[size - 8]![8] = true
}

const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
]

function drawData(grid: Grid, words: readonly number[], mask: number): void {
  const size = grid.length
  let bit = 0
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5 // the column of the timing pattern
    const isUp = ((right + 1) & 2) === 0
    for (let step = 0; step < size; step += 1) {
      const y = isUp ? size - 1 - step : step
      for (const x of [right, right - 1]) {
        if (grid[y]![x] !== null) continue
        const isDark = bit < words.length * 8 && ((words[bit >> 3]! >> (7 - (bit & 7))) & 1) === 1
        bit += 1
        grid[y]![x] = isDark !== MASKS[mask]!(x, y)
      }
    }
  }
}

/** Of the standard's penalties the two that weigh most: runs of one colour, and blocks of four. */
function penalty(grid: Grid): number {
  const size = grid.length
  let points = 0
  for (const turned of [false, true])
    for (let a = 0; a < size; a += 1) {
      let run = 1
      for (let b = 1; b < size; b += 1) {
        const at = (place: number): boolean | null => (turned ? grid[place]![a]! : grid[a]![place]!)
        run = at(b) === at(b - 1) ? run + 1 : 1
        points += run === 5 ? 3 : run > 5 ? 1 : 0
      }
    }
  for (let y = 1; y < size; y += 1)
    for (let x = 1; x < size; x += 1) {
      const cell = grid[y]![x]
      if (cell === grid[y]![x - 1] && cell === grid[y - 1]![x] && cell === grid[y - 1]![x - 1]) points += 3
    }
  return points
}

/** Dark and light modules, row by row, without the quiet zone. */
export function qrModules(text: string): readonly (readonly boolean[])[] {
  const bytes = new TextEncoder().encode(text)
  const version = VERSIONS.findIndex(({ blocks }, index) => {
    const room = blocks.reduce((sum, size) => sum + size, 0)
    return bytes.length <= room - (index + 1 < 10 ? 2 : 3)
  })
  if (version < 0) throw new RangeError(`a QR code here holds 213 bytes at most, were "${bytes.length}"`)
  const words = interleaved(dataCodewords(bytes, version + 1), VERSIONS[version]!)
  const size = 21 + 4 * version
  const drawn = MASKS.map((_, mask) => {
    const grid: Grid = Array.from({ length: size }, () => Array.from({ length: size }, () => null))
    drawFixed(grid, version + 1)
    drawFormat(grid, mask)
    drawData(grid, words, mask)
    return grid
  })
  const best = drawn.reduce((least, grid) => (penalty(grid) < penalty(least) ? grid : least))
  return best.map((row) => row.map((isDark) => isDark === true))
}
