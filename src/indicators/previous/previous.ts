import { assert } from '../../domain/assert.ts'
import type { IndicatorSpec, IndicatorState } from '../indicator.ts'
import { decodeNumbers, encodeNumbers } from '../lanes.ts'

/** Names the bars that an indicator looks at. */
export interface WindowOptions {
  /** True: the bars before the current one, as breakout rules need. Default: the current bar included. */
  readonly previous?: boolean
}

/**
 * Any indicator as it stood one bar of the same column earlier: at bar i it has the value of bar i - 1.
 * Bars that do not count for the indicator do not count here either.
 *
 * A breakout above the highest high must be judged so: a close is never above a maximum that includes its own high.
 */
export function previous(spec: IndicatorSpec): IndicatorSpec {
  return {
    key: `previous(${spec.key})`,
    outputs: spec.outputs,
    fields: spec.fields,
    bars: spec.bars + 1,
    ready: spec.ready + 1,
    create: (width) => delayedState(spec, width),
    columns(bars) {
      const gaps = new Uint8Array(bars.close.length)
      markGaps(bars.close, gaps)
      for (const field of spec.fields) markGaps(bars[field], gaps)
      return spec.columns(bars).map((column) => delayColumn(column, gaps))
    },
  }
}

/** `spec` itself, or its previous bar where the options say so. */
export function withOptions(spec: IndicatorSpec, options: WindowOptions): IndicatorSpec {
  return options.previous === true ? previous(spec) : spec
}

function delayedState(spec: IndicatorSpec, width: number): IndicatorState {
  const inner = spec.create(width)
  const key = `previous(${spec.key})`
  let now = rows(spec, width)
  let held = rows(spec, width)
  let gaps = new Uint8Array(width)
  return {
    advance(bar, outputs) {
      inner.advance(bar, now)
      gaps.fill(0)
      markGaps(bar.close, gaps)
      for (let field = 0; field < spec.fields.length; field += 1) markGaps(bar[spec.fields[field]!], gaps)
      for (let output = 0; output < now.length; output += 1) {
        handOver(gaps, now[output]!, held[output]!, outputs[output]!)
      }
    },
    widen(to) {
      inner.widen(to)
      const wider = rows(spec, to)
      for (let output = 0; output < held.length; output += 1) wider[output]!.set(held[output]!)
      held = wider
      now = rows(spec, to)
      gaps = new Uint8Array(to)
    },
    snapshot: () => ({ key, inner: inner.snapshot(), held: held.map(encodeNumbers) }),
    restore(data) {
      const saved = data as { readonly key: string; readonly inner: unknown; readonly held: readonly unknown[] }
      assert(saved.key === key, `a snapshot of "${saved.key}" cannot be restored into "${key}"`)
      assert(saved.held.length === spec.outputs.length, `the snapshot of "${key}" holds "${saved.held.length}" rows`)
      inner.restore(saved.inner)
      const size = (saved.held[0] as readonly unknown[]).length
      now = rows(spec, size)
      gaps = new Uint8Array(size)
      held = rows(spec, size)
      for (let output = 0; output < held.length; output += 1) decodeNumbers(saved.held[output], held[output]!, key)
    },
  }
}

function rows(spec: IndicatorSpec, width: number): Float64Array[] {
  return spec.outputs.map(() => new Float64Array(width).fill(Number.NaN))
}

function markGaps(values: Float64Array, gaps: Uint8Array): void {
  for (let index = 0; index < gaps.length; index += 1) if (Number.isNaN(values[index]!)) gaps[index] = 1
}

function handOver(gaps: Uint8Array, now: Float64Array, held: Float64Array, out: Float64Array): void {
  for (let column = 0; column < now.length; column += 1) {
    if (gaps[column] === 0) {
      out[column] = held[column]!
      held[column] = now[column]!
    } else out[column] = Number.NaN
  }
}

function delayColumn(values: Float64Array, gaps: Uint8Array): Float64Array {
  const result = new Float64Array(values.length).fill(Number.NaN)
  let held = Number.NaN
  for (let index = 0; index < values.length; index += 1) {
    if (gaps[index] === 1) continue
    result[index] = held
    held = values[index]!
  }
  return result
}
