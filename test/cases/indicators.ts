import { adx } from '../../src/indicators/adx/adx.ts'
import { atr } from '../../src/indicators/atr/atr.ts'
import { bollinger } from '../../src/indicators/bollinger/bollinger.ts'
import { donchian, highest, lowest } from '../../src/indicators/donchian/donchian.ts'
import { ema } from '../../src/indicators/ema/ema.ts'
import type { BarColumns, BarField, IndicatorSpec } from '../../src/indicators/indicator.ts'
import { macd } from '../../src/indicators/macd/macd.ts'
import { obv } from '../../src/indicators/obv/obv.ts'
import { roc } from '../../src/indicators/roc/roc.ts'
import { rsi } from '../../src/indicators/rsi/rsi.ts'
import { sma } from '../../src/indicators/sma/sma.ts'
import { volatility } from '../../src/indicators/volatility/volatility.ts'
import { volumeAverage } from '../../src/indicators/volume-average/volume-average.ts'
import { vwap, vwapAnchored, vwapSession } from '../../src/indicators/vwap/vwap.ts'
import { wma } from '../../src/indicators/wma/wma.ts'
import { zScore } from '../../src/indicators/z-score/z-score.ts'
import { eventsOf } from './indicator-events.ts'

export interface Table {
  readonly header: readonly string[]
  readonly columns: ReadonlyMap<string, readonly (number | string | null)[]>
}

export type CaseInput = Readonly<Record<string, unknown>>
export type NamedSeries = Readonly<Record<string, Float64Array>>

/** What else a case says: its name picks the indicator where the input does not, `expected` only the shape of the answer. */
export interface CaseContext {
  readonly name?: string
  readonly expected?: Readonly<Record<string, unknown>>
}

/**
 * Answers an indicator case in the keys of its `expected` (and more keys than those); null when no indicator is meant
 * that exists here.
 */
export function runIndicatorsCase(
  input: CaseInput,
  readTable: (file: string) => Table,
  context: CaseContext = {},
): Readonly<Record<string, unknown>> | null {
  const bars = barsOf(input, readTable)
  if (typeof input['rule'] === 'string') return eventsOf(input['rule'], bars, context.expected ?? {})
  const asked = typeof input['indicator'] === 'string' ? input['indicator'] : (context.name ?? '')
  const family = familyOf(asked)
  const inline = Array.isArray(input['close'])
  if (family === null && !inline) return null
  const meaning = meaningOf(input, asked, context.name ?? '')
  const named = family === null ? {} : seriesOf(family, meaning, bars)
  const others = inline
    ? Object.assign({}, ...['sma', 'ema', 'rsi', 'bollinger'].map((name) => seriesOf(name, meaning, bars)))
    : {}
  const all: NamedSeries = { ...others, ...named }
  const expected = context.expected ?? {}
  const answers = Object.entries(all).map(([key, values]) => [key, shaped(values, expected[key], inline)])
  const first = family === null ? {} : { first_defined_index: firstDefined(Object.values(named)[0]!) }
  return { ...first, ...Object.fromEntries(answers) }
}

interface Meaning {
  readonly n: number | null
  readonly deviations: number
  readonly sample: boolean
  readonly source: BarField | null
  readonly fast: number
  readonly slow: number
  readonly signal: number
  readonly talib: boolean
  readonly previous: boolean
  readonly periodsPerYear: number
  readonly bySession: boolean
}

type Outputs = readonly (readonly string[])[]

interface Family {
  readonly prefixes: readonly string[]
  readonly spec: (meaning: Meaning) => IndicatorSpec
  /** The names of each output in the cases. */
  readonly outputs: Outputs
  readonly scale?: (meaning: Meaning) => number
}

const period = (meaning: Meaning, usual: number): number => meaning.n ?? usual
const options = (meaning: Meaning) => ({ previous: meaning.previous })

const FAMILIES: readonly Family[] = [
  {
    prefixes: ['sma', 'simplemovingaverage'],
    spec: (m) => sma(period(m, 20), m.source ?? 'close'),
    outputs: [['sma']],
  },
  { prefixes: ['ema', 'exponential'], spec: (m) => ema(period(m, 20), m.source ?? 'close'), outputs: [['ema']] },
  { prefixes: ['wma', 'weighted'], spec: (m) => wma(period(m, 10), m.source ?? 'close'), outputs: [['wma']] },
  { prefixes: ['roc', 'rateofchange'], spec: (m) => roc(period(m, 10), m.source ?? 'close'), outputs: [['roc']] },
  { prefixes: ['rsi'], spec: (m) => rsi(period(m, 14)), outputs: [['rsi']] },
  {
    prefixes: ['bollinger', 'bbands', 'bb'],
    spec: (m) => bollinger(period(m, 20), m.deviations, m.sample ? 'sample' : 'population'),
    outputs: [['lower'], ['middle', 'bollinger'], ['upper'], ['percent_b'], ['bandwidth']],
  },
  {
    prefixes: ['macd'],
    spec: ({ fast, slow, signal, talib }) => macd({ fast, slow, signal }, talib ? 'talib' : 'independent'),
    outputs: [['macd'], ['signal'], ['histogram', 'hist']],
  },
  { prefixes: ['atr', 'averagetruerange'], spec: (m) => atr(period(m, 14)), outputs: [['atr']] },
  {
    prefixes: ['donchian'],
    spec: (m) => donchian(period(m, 20), options(m)),
    outputs: [['lower'], ['middle'], ['upper']],
  },
  {
    prefixes: ['highest', 'max'],
    spec: (m) => highest(period(m, 20), m.source ?? 'high', options(m)),
    outputs: [['highest', 'max']],
  },
  {
    prefixes: ['lowest', 'min'],
    spec: (m) => lowest(period(m, 20), m.source ?? 'low', options(m)),
    outputs: [['lowest', 'min']],
  },
  {
    prefixes: ['adx', 'plusdi', 'minusdi'],
    spec: (m) => adx(period(m, 14)),
    outputs: [['adx'], ['plus_di'], ['minus_di']],
  },
  {
    prefixes: ['zscore', 'rollingzscore'],
    spec: (m) => zScore(period(m, 20), m.source ?? 'close'),
    outputs: [['zscore', 'z_score', 'z']],
  },
  {
    prefixes: ['volatility', 'rollingvol', 'vol', 'realisedvol', 'realizedvol'],
    spec: (m) => volatility(period(m, 20)),
    outputs: [['volatility', 'rolling_volatility', 'rolling_vol', 'vol']],
    scale: (m) => Math.sqrt(m.periodsPerYear),
  },
  {
    prefixes: ['vwap', 'rollingvwap'],
    spec: (m) => (m.n !== null ? vwap(m.n) : m.bySession ? vwapSession() : vwapAnchored()),
    outputs: [['vwap']],
  },
  { prefixes: ['obv', 'onbalancevolume'], spec: () => obv(), outputs: [['obv']] },
  {
    prefixes: ['volumeav', 'avgvolume', 'averagevolume', 'volavg', 'volumesma', 'volumemean'],
    spec: (m) => volumeAverage(period(m, 20), options(m)),
    outputs: [['volume_avg', 'volume_average', 'avg_volume', 'average_volume', 'volume_sma']],
  },
]

/** The longest known beginning of a name, letters and digits only, decides: `ROC10`, `bollinger_20_2`. */
function familyOf(name: string): string | null {
  const text = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  const known = FAMILIES.flatMap((family) => family.prefixes).filter((prefix) => text.startsWith(prefix))
  return known.sort((a, b) => b.length - a.length)[0] ?? null
}

function meaningOf(input: CaseInput, asked: string, name: string): Meaning {
  const text = `${asked} ${name} ${String(input['convention'] ?? '')}`.toLowerCase()
  const digits = /(\d+)$/.exec(asked) ?? /(\d+)/.exec(asked)
  const n =
    numberOf(input, ['n', 'period', 'window', 'length', 'timeperiod']) ?? (digits === null ? null : Number(digits[1]))
  const source = input['source']
  const annual = input['annualise'] ?? input['annualize']
  return {
    n,
    deviations: numberOf(input, ['k', 'deviations', 'nbdev', 'mult']) ?? 2,
    sample: String(input['std'] ?? '').startsWith('sample'),
    source: FIELDS.find((field) => field === source) ?? null,
    fast: numberOf(input, ['fast']) ?? 12,
    slow: numberOf(input, ['slow']) ?? 26,
    signal: numberOf(input, ['signal']) ?? 9,
    talib: /ta-?_?lib/.test(text),
    previous: input['includes_current_bar'] === false || input['previous'] === true,
    periodsPerYear:
      numberOf(input, ['periods', 'periods_per_year', 'annualise', 'annualize', 'annualisation']) ??
      (annual === true ? 252 : 1),
    bySession: /session|day/.test(`${String(input['anchor'] ?? '')} ${String(input['mode'] ?? '')} ${text}`),
  }
}

function numberOf(input: CaseInput, names: readonly string[]): number | null {
  const values = names.map((name) => input[name])
  return values.find((value) => typeof value === 'number') ?? null
}

function seriesOf(prefix: string, meaning: Meaning, bars: BarColumns): NamedSeries {
  const family = FAMILIES.find((one) => one.prefixes.includes(prefix))!
  const scale = family.scale?.(meaning) ?? 1
  const result: Record<string, Float64Array> = {}
  family
    .spec(meaning)
    .columns(bars)
    .forEach((column, output) => {
      const values = scale === 1 ? column : column.map((value) => value * scale)
      for (const name of family.outputs[output]!) {
        result[name] = values
        if (meaning.n !== null) result[`${name}_${meaning.n}`] = values
      }
    })
  return result
}

const FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const

/** Bars from a table or from the input itself; a missing price is the close, a missing volume has no value. */
function barsOf(input: CaseInput, readTable: (file: string) => Table): BarColumns {
  const table = typeof input['file'] === 'string' ? readTable(input['file']) : null
  const rows = Array.isArray(input['rows']) ? (input['rows'] as readonly number[]) : []
  const read = (name: string): readonly unknown[] | null => {
    if (table === null) return Array.isArray(input[name]) ? (input[name] as readonly unknown[]) : null
    const column = table.columns.get(name)
    return column === undefined ? null : column.slice(rows[0], rows[1])
  }
  const close = numbers(read('close') ?? [])
  const column = (name: BarField) => {
    const values = read(name)
    if (values !== null) return numbers(values)
    return name === 'volume' ? new Float64Array(close.length).fill(Number.NaN) : close
  }
  const [open, high, low, volume] = [column('open'), column('high'), column('low'), column('volume')]
  const days = (read('date') ?? read('timestamp') ?? []).map((date) => String(date).slice(0, 10))
  const starts = days.map((day, index): number => (index > 0 && day !== days[index - 1] ? 1 : 0))
  let session = 0
  const sessions = Float64Array.from({ length: close.length }, (_, index) => (session += starts[index] ?? 0))
  return { open, high, low, close, volume, session: sessions }
}

function numbers(values: readonly unknown[]): Float64Array {
  return Float64Array.from(values, (value) => (typeof value === 'number' ? value : Number.NaN))
}

/** A summary by default; a list where numbers were given in the case itself or where a list is expected. */
function shaped(values: Float64Array, expected: unknown, inline: boolean): unknown {
  if (typeof expected === 'number' || expected === null) return nullable(values.at(-1) ?? Number.NaN)
  const listed = Array.isArray(expected) || (inline && (expected === undefined || Array.isArray(expected)))
  return listed ? listOf(values, Array.isArray(expected) ? expected.length : null) : summary(values)
}

/** All values where so many are expected or none is defined; else those from the first defined one on. */
function listOf(values: Float64Array, expected: number | null): readonly (number | null)[] {
  const first = firstDefined(values)
  const whole = first === null || expected === values.length
  return Array.from(whole ? values : values.subarray(first), nullable)
}

export function summary(values: Float64Array): Readonly<Record<string, unknown>> {
  let sum = 0
  for (const value of values) if (!Number.isNaN(value)) sum += value
  return {
    first_defined_index: firstDefined(values),
    at_index: Object.fromEntries(Array.from(values, (value, index) => [String(index), nullable(value)])),
    sum,
    last10: Array.from(values.subarray(-10), nullable),
  }
}

function firstDefined(values: Float64Array): number | null {
  const index = values.findIndex((value) => !Number.isNaN(value))
  return index < 0 ? null : index
}

function nullable(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
