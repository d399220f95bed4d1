import { assert } from '../domain/assert.ts'
import type { BarRow, IndicatorState } from './indicator.ts'

/** How one field of a state lies in memory: `depth` numbers per column. */
export interface LaneShape {
  readonly type: 'real' | 'whole'
  readonly depth: number
  /** `time`: index slot x width + column, for passes over a row. `column`: index column x depth + slot, for scans of a window. */
  readonly order: 'time' | 'column'
}

export const REAL = { type: 'real', depth: 1, order: 'column' } as const
export const WHOLE = { type: 'whole', depth: 1, order: 'column' } as const

/** A window that is touched once per bar in every column. */
export function rowWindow(depth: number): LaneShape & { readonly type: 'real' } {
  return { type: 'real', depth, order: 'time' }
}

/** A window that is read through at every bar. */
export function scanWindow(depth: number): LaneShape & { readonly type: 'real' } {
  return { type: 'real', depth, order: 'column' }
}

export type Layout = Readonly<Record<string, LaneShape>>

export type LaneArrays<L extends Layout> = {
  readonly [Field in keyof L]: L[Field]['type'] extends 'whole' ? Int32Array : Float64Array
}

/** The numbers of all columns, field by field; everything starts at 0. */
export interface Lanes<L extends Layout> {
  width: number
  /** True while every column is known to be full and at the same slot; forgotten when width or content is replaced. */
  steady: boolean
  at: LaneArrays<L>
}

export type Step<L extends Layout> = (lanes: Lanes<L>, bar: BarRow, outputs: readonly Float64Array[]) => void

/** Reading ahead in a state of one column: see `IndicatorState.ahead` and `take`. */
export interface Reading<L extends Layout> {
  /** Fills `scratch`, as long as `count` at least, with what `take` needs to know of each bar. */
  ahead(lanes: Lanes<L>, bars: BarRow, span: Span, outputs: readonly Float64Array[], scratch: Float64Array): boolean
  /** `last` is the place in `scratch` of the span's last bar. */
  take(lanes: Lanes<L>, bars: BarRow, span: Span, scratch: Float64Array, last: number): void
}

/** Bars `from` to `from + count - 1` of a history. */
export interface Span {
  from: number
  count: number
}

/** A state whose whole memory is `layout`: growing, saving and loading follow from it. */
export function stateOf<L extends Layout>(
  key: string,
  layout: L,
  width: number,
  step: Step<L>,
  reading: Reading<L> | null = null,
): IndicatorState {
  assert(Number.isInteger(width) && width >= 0, `${key} needs a whole number of columns, was "${width}"`)
  const lanes: Lanes<L> = { width, steady: false, at: allocate(layout, width) }
  return {
    advance(bar, outputs) {
      // Asked before asserting, because writing the sentence costs more than the step.
      if (bar.close.length < lanes.width)
        assert(false, `${key} has "${lanes.width}" columns, the row "${bar.close.length}"`)
      step(lanes, bar, outputs)
    },
    ...(reading === null ? {} : readingAhead(lanes, reading)),
    widen(to) {
      assert(to >= lanes.width, `${key} cannot shrink from "${lanes.width}" columns to "${to}"`)
      const wider = allocate(layout, to)
      for (const field of Object.keys(layout))
        copyLane(layout[field]!, lanes.at[field]!, wider[field]!, lanes.width, to)
      lanes.at = wider
      lanes.width = to
      lanes.steady = false
    },
    snapshot: () => ({
      key,
      width: lanes.width,
      lanes: Object.fromEntries(Object.keys(layout).map((field) => [field, encodeNumbers(lanes.at[field]!)])),
    }),
    restore(data) {
      const { key: savedKey, width: savedWidth, lanes: saved } = data as Snapshot
      assert(savedKey === key, `a snapshot of "${savedKey}" cannot be restored into "${key}"`)
      const loaded = allocate(layout, savedWidth)
      for (const field of Object.keys(layout)) decodeNumbers(saved[field], loaded[field]!, `${key}.${field}`)
      lanes.at = loaded
      lanes.width = savedWidth
      lanes.steady = false
    },
  }
}

function readingAhead<L extends Layout>(
  lanes: Lanes<L>,
  reading: Reading<L>,
): Required<Pick<IndicatorState, 'ahead' | 'take'>> {
  const span: Span = { from: 0, count: 0 }
  let scratch = new Float64Array(0)
  let readFrom = 0
  return {
    ahead(bars, from, count, outputs) {
      if (lanes.width !== 1) return false
      if (scratch.length < count) scratch = new Float64Array(count)
      readFrom = from
      span.from = from
      span.count = count
      return reading.ahead(lanes, bars, span, outputs, scratch)
    },
    take(bars, from, count) {
      span.from = from
      span.count = count
      if (count > 0) reading.take(lanes, bars, span, scratch, from - readFrom + count - 1)
    },
  }
}

interface Snapshot {
  readonly key: string
  readonly width: number
  readonly lanes: Readonly<Record<string, unknown>>
}

function allocate<L extends Layout>(layout: L, width: number): LaneArrays<L> {
  const arrays: Record<string, Float64Array | Int32Array> = {}
  for (const [field, { type, depth }] of Object.entries(layout)) {
    arrays[field] = type === 'whole' ? new Int32Array(depth * width) : new Float64Array(depth * width)
  }
  return arrays as LaneArrays<L>
}

type Numbers = Float64Array | Int32Array

function copyLane(shape: LaneShape, from: Numbers, to: Numbers, widthFrom: number, widthTo: number): void {
  if (shape.order === 'column') {
    to.set(from)
    return
  }
  for (let slot = 0; slot < shape.depth; slot += 1) {
    to.set(from.subarray(slot * widthFrom, (slot + 1) * widthFrom), slot * widthTo)
  }
}

/** JSON has no NaN, infinities or -0: NaN is written as null, the others as text, so that no bit is lost. */
export function encodeNumbers(numbers: Numbers): readonly (number | string | null)[] {
  return Array.from(numbers, (value) => {
    if (Number.isNaN(value)) return null
    return Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value)
  })
}

/** Fills `target` with what `encodeNumbers` wrote. */
export function decodeNumbers(data: unknown, target: Numbers, name: string): void {
  assert(Array.isArray(data), `the snapshot lacks the numbers of "${name}"`)
  assert(data.length === target.length, `"${name}" needs "${target.length}" numbers, the snapshot has "${data.length}"`)
  for (let index = 0; index < target.length; index += 1) {
    const value: unknown = data[index]
    target[index] = value === null ? Number.NaN : Number(value)
  }
}
