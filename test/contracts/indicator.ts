import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BarColumns, BarRow, IndicatorSpec, IndicatorState } from '../../src/indicators/indicator.ts'

/** What every indicator keeps. Random series hold gaps, constant prices, bars without volume and fractional volumes. */
export function indicatorContract(spec: IndicatorSpec): void {
  describe(spec.key, () => {
    it('gives the same bits as columns and as a stream of rows over several instruments', () => {
      holdsFor(anyMarket, (histories) => {
        const market = rowsOf(histories)
        const streamed = stream(spec, spec.create(market.width), market, 0, market.length)
        histories.forEach((history, column) => {
          expectSame(columnOf(streamed, column, history.close.length), spec.columns(history))
        })
      })
    })

    it('never lets a later bar change an earlier value', () => {
      holdsFor(fc.tuple(anySeries, anySeries, fc.nat({ max: 99 })), ([history, other, at]) => {
        const cut = Math.min(at, history.close.length)
        const altered = mapFields(history, (own, name) => [...own.slice(0, cut), ...other[name]!])
        const before = spec.columns(history).map((values) => values.subarray(0, cut))
        const after = spec.columns(altered).map((values) => values.subarray(0, cut))
        expectSame(after, before)
      })
    })

    it('continues bit for bit from a snapshot that went through JSON', () => {
      holdsFor(
        fc.tuple(fc.array(anySeries, { minLength: 1, maxLength: 6 }), fc.nat({ max: 99 })),
        ([histories, at]) => {
          const market = rowsOf(histories)
          const cut = Math.min(at, market.length)
          const whole = spec.create(market.width)
          stream(spec, whole, market, 0, cut)
          const saved: unknown = JSON.parse(JSON.stringify(whole.snapshot()))
          const restored = spec.create(1)
          restored.restore(saved)
          expect(restored.snapshot()).toEqual(whole.snapshot())
          const expected = stream(spec, whole, market, cut, market.length)
          expectSame(stream(spec, restored, market, cut, market.length).flat(), expected.flat())
        },
      )
    })

    it('keeps the old columns and starts new ones afresh when it is widened', () => {
      const twoMarkets = fc.tuple(fc.array(anySeries, { maxLength: 5 }), fc.array(anySeries, { maxLength: 5 }))
      holdsFor(fc.tuple(twoMarkets, fc.nat({ max: 60 })), ([[first, later], at]) => {
        const cut = Math.min(at, rowsOf(first).length)
        const delayed = later.map((history) => mapFields(history, (own) => [...Array(cut).fill(Number.NaN), ...own]))
        const market = rowsOf([...first, ...delayed])
        const state = spec.create(first.length)
        const early = stream(spec, state, market, 0, cut)
        state.widen(market.width)
        const late = stream(spec, state, market, cut, market.length)
        first.forEach((history, column) => {
          expectSame(columnOf([...early, ...late], column, history.close.length), spec.columns(history))
        })
        delayed.forEach((history, place) => {
          const own = columnOf(late, first.length + place, history.close.length - cut)
          expectSame(own, spec.columns(later[place]!))
        })
      })
    })

    it('skips a gap: what remains is the series without it, and the gap reads NaN', () => {
      holdsFor(anySeries, (history) => {
        const there = Array.from(history.close.keys()).filter((index) => !Number.isNaN(history.close[index]!))
        const dense = mapFields(history, (own) => there.map((index) => own[index]!))
        const sparse = spec.columns(history).map((values) => Float64Array.from(values))
        expectSame(
          sparse.map((values) => Float64Array.from(there, (index) => values[index]!)),
          spec.columns(dense),
        )
        const gaps = Array.from(history.close.keys()).filter((index) => Number.isNaN(history.close[index]!))
        for (const values of sparse) for (const index of gaps) expect(values[index]).toBeNaN()
      })
    })

    it('has no value before `bars`, and none but finite ones after', () => {
      holdsFor(anySeries, (history) => {
        for (const values of spec.columns(history)) {
          expect(values.length).toBe(history.close.length)
          expect(values.subarray(0, spec.bars - 1).every(Number.isNaN)).toBe(true)
          expect(values.every((value) => Number.isNaN(value) || Number.isFinite(value))).toBe(true)
        }
      })
    })

    it('begins at `bars` and is complete at `ready` when prices move and volume flows', () => {
      const values = spec.columns(movingSeries(spec.ready + 5))
      const begins = values.map((column) => column.findIndex((value) => !Number.isNaN(value)))
      expect(Math.min(...begins)).toBe(spec.bars - 1)
      expect(Math.max(...begins)).toBe(spec.ready - 1)
    })

    it('reads ahead what advancing gives and takes it bit for bit, or does neither', () => {
      const { ahead, take } = spec.create(1)
      expect(ahead === undefined).toBe(take === undefined)
      if (ahead === undefined) return
      const history = movingSeries(3 * spec.ready + 40)
      const market = rowsOf([history])
      let read = 0
      holdsFor(fc.tuple(fc.nat({ max: market.length - 1 }), fc.nat(), fc.nat()), ([from, drawn, part]) => {
        const count = 1 + (drawn % (market.length - from))
        const state = spec.create(1)
        stream(spec, state, market, 0, from)
        const before = state.snapshot()
        const outputs = spec.outputs.map(() => new Float64Array(count))
        const isRead = state.ahead!(history, from, count, outputs)
        expect(state.snapshot()).toEqual(before)
        if (!isRead) return
        read += 1
        const taken = part % (count + 1)
        state.take!(history, from, taken)
        const other = spec.create(1)
        const advanced = columnOf(stream(spec, other, market, 0, from + count), 0, from + count)
        expectSame(
          outputs,
          advanced.map((values) => values.subarray(from)),
        )
        const stopped = spec.create(1)
        stream(spec, stopped, market, 0, from + taken)
        expect(state.snapshot()).toEqual(stopped.snapshot())
      })
      expect(read).toBeGreaterThan(5)
    })

    it('refuses the snapshot of another indicator and a row that is too short', () => {
      const state = spec.create(2)
      const foreign = { ...(state.snapshot() as object), key: 'another' }
      expect(() => state.restore(foreign)).toThrow('another')
      const { row } = rowsOf([movingSeries(3)])
      expect(() => state.advance(row(0), rowsFor(spec, 2))).toThrow('columns')
    })

    it('has one name per output and a key without spaces', () => {
      expect(new Set(spec.outputs).size).toBe(spec.outputs.length)
      expect(spec.key).toMatch(/^\S+$/)
    })
  })
}

function holdsFor<T>(arbitrary: fc.Arbitrary<T>, rule: (value: T) => void): void {
  fc.assert(
    fc.property(arbitrary, (value) => rule(value)),
    { seed: 20_201_120, numRuns: 40 },
  )
}

interface Shape {
  readonly kind: 'moving' | 'constant' | 'without volume' | 'fractional volume'
  readonly bars: readonly (readonly [move: number, up: number, down: number, volume: number, gap: number])[]
}

const anyBar = fc.tuple(
  fc.integer({ min: -300, max: 300 }),
  fc.nat({ max: 200 }),
  fc.nat({ max: 200 }),
  fc.nat({ max: 100_000 }),
  fc.nat({ max: 9 }),
)

const anySeries: fc.Arbitrary<BarColumns> = fc
  .record({
    kind: fc.constantFrom<Shape['kind']>('moving', 'constant', 'without volume', 'fractional volume'),
    bars: fc.oneof(fc.array(anyBar, { maxLength: 12 }), fc.array(anyBar, { minLength: 30, maxLength: 90 })),
  })
  .map(seriesOf)

/** Columns of one length without gaps but for one late bar of one column: what a calendar's own instruments look like. */
const evenMarket = fc
  .record({
    width: fc.integer({ min: 4, max: 9 }),
    bars: fc.array(anyBar, { minLength: 40, maxLength: 60 }),
    gapAt: fc.integer({ min: 30, max: 80 }),
    gapIn: fc.nat({ max: 8 }),
  })
  .map(({ width, bars, gapAt, gapIn }) =>
    Array.from({ length: width }, (_, column) =>
      seriesOf({
        kind: 'moving',
        bars: bars.map(([move, up, down, volume], index) => {
          const missing = column === gapIn && index === gapAt
          return [((move * (column + 1)) % 301) + column, up, down, volume, missing ? 0 : 1] as const
        }),
      }),
    ),
  )

const anyMarket = fc.oneof(fc.array(anySeries, { minLength: 1, maxLength: 9 }), evenMarket)

/** Prices in cents from 100 on; one bar in ten is missing; a session has five bars. */
function seriesOf({ kind, bars }: Shape): BarColumns {
  const still = kind === 'constant'
  let cents = 10_000
  const rows = bars.map(([move, up, down, volume, gap], index) => {
    if (!still) cents = Math.max(100, cents + move)
    const close = gap === 0 ? Number.NaN : cents / 100
    const quiet = kind === 'without volume' && index % 8 > 1
    return {
      close,
      open: (cents - (still ? 0 : down - up) / 2) / 100,
      high: (cents + (still ? 0 : up)) / 100,
      low: (cents - (still ? 0 : down)) / 100,
      volume: quiet ? 0 : kind === 'fractional volume' ? volume / 7_000 : volume,
      session: Math.floor(index / 5),
    }
  })
  const pick = (read: (row: (typeof rows)[number]) => number) => Float64Array.from(rows, read)
  return {
    open: pick((row) => row.open),
    high: pick((row) => row.high),
    low: pick((row) => row.low),
    close: pick((row) => row.close),
    volume: pick((row) => row.volume),
    session: pick((row) => row.session),
  }
}

/** No gap, always some movement and volume. */
function movingSeries(length: number): BarColumns {
  const bars = Array.from({ length }, (_, index) => [((index * 37) % 101) - 45, 20, 30, 500 + index, 1] as const)
  return seriesOf({ kind: 'moving', bars })
}

const FIELDS = ['open', 'high', 'low', 'close', 'volume', 'session'] as const
type Field = (typeof FIELDS)[number]
type Complete = Readonly<Record<Field, Float64Array>>

function mapFields(history: BarColumns, change: (own: Float64Array, name: Field) => Iterable<number>): Complete {
  const changed = FIELDS.map((name) => [name, Float64Array.from(change(history[name]!, name))])
  return Object.fromEntries(changed) as Complete
}

interface Market {
  readonly width: number
  readonly length: number
  row(index: number): BarRow
}

/** Several histories as rows; past its end a history has no bar. */
function rowsOf(histories: readonly BarColumns[]): Market {
  const at = (name: Field, index: number) => Float64Array.from(histories, (one) => one[name]![index] ?? Number.NaN)
  return {
    width: histories.length,
    length: Math.max(0, ...histories.map((history) => history.close.length)),
    row: (index) => Object.fromEntries(FIELDS.map((name) => [name, at(name, index)])) as Complete,
  }
}

function rowsFor(spec: IndicatorSpec, width: number): Float64Array[] {
  return spec.outputs.map(() => new Float64Array(width))
}

/** The output rows of bars from..to. */
function stream(
  spec: IndicatorSpec,
  state: IndicatorState,
  market: Market,
  from: number,
  to: number,
): Float64Array[][] {
  const result: Float64Array[][] = []
  for (let index = from; index < to; index += 1) {
    const outputs = rowsFor(spec, market.width)
    state.advance(market.row(index), outputs)
    result.push(outputs)
  }
  return result
}

/** One instrument's column of every output. */
function columnOf(rows: readonly Float64Array[][], column: number, length: number): Float64Array[] {
  const outputs = rows[0]?.length ?? 0
  return Array.from({ length: outputs }, (_, output) =>
    Float64Array.from({ length }, (_unused, index) => rows[index]![output]![column]!),
  )
}

/** Bit for bit: NaN equals NaN, 0 differs from -0. Outputs of an empty stream have no columns to compare. */
function expectSame(actual: readonly Float64Array[], expected: readonly Float64Array[]): void {
  if (actual.length === 0 && expected.every((values) => values.length === 0)) return
  expect(actual.length).toBe(expected.length)
  actual.forEach((values, output) => {
    expect(values.length).toBe(expected[output]!.length)
    const wrong = values.findIndex((value, index) => !Object.is(value, expected[output]![index]))
    if (wrong >= 0) expect({ wrong, value: values[wrong] }).toEqual({ wrong, value: expected[output]![wrong] })
  })
}
