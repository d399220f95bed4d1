import fc from 'fast-check'
import type { Instrument } from '../../src/domain/instruments.ts'
import type { ClockBlock, DatedAction, MarketData } from '../../src/domain/market.ts'
import { addDays, sessionsFrom, startOfDay, tradeDate } from '../../src/domain/sessions.ts'
import {
  calendarId,
  clockId,
  currencyCode,
  type Instant,
  type InstrumentId,
  instrumentId,
  type Price,
  quantity,
  type TradeDate,
} from '../../src/domain/units.ts'
import { createRandom } from '../../src/numerics/random.ts'

/** How an instrument counts: units in a whole, the step orders deal in, the lot that netting truncates to. */
export const FORMS = {
  share: { kind: 'equity', unitsPerWhole: 1_000_000, step: 1_000_000, roundLot: 1_000_000, shortable: true },
  fraction: { kind: 'equity', unitsPerWhole: 1_000_000, step: 1, roundLot: 1, shortable: true },
  lots: { kind: 'equity', unitsPerWhole: 1_000_000, step: 1_000_000, roundLot: 100_000_000, shortable: true },
  perpetual: { kind: 'perpetual', unitsPerWhole: 1_000, step: 10, roundLot: 10, shortable: true },
  unborrowable: { kind: 'equity', unitsPerWhole: 1_000_000, step: 1_000_000, roundLot: 1_000_000, shortable: false },
  coin: { kind: 'crypto', unitsPerWhole: 100_000_000, step: 10_000, roundLot: 10_000, shortable: false },
  bigCoin: { kind: 'crypto', unitsPerWhole: 100_000_000, step: 1, roundLot: 1, shortable: true },
} as const

const RATIOS = [
  [2, 1],
  [1, 2],
  [3, 2],
  [2, 3],
  [7, 1],
  [1, 7],
  [1, 10],
  [10, 3],
] as const

export interface DrawnInstrument {
  readonly form: keyof typeof FORMS
  /** In hundredths. */
  readonly price: number
  readonly firstBar: number
  readonly lastBar: number
  readonly split: { readonly bar: number; readonly ratio: number } | null
  readonly dividend: { readonly bar: number; readonly hundredths: number } | null
  /** Rates of each bar, in thousandths, of the price for funding and a year for borrowing; nobody lends from one bar on. */
  readonly funding: number | null
  readonly borrow: { readonly rate: number; readonly closedFrom: number } | null
  /** A bar without volume. */
  readonly quietBar: number
}

export const drawnInstrument: fc.Arbitrary<DrawnInstrument> = fc.record({
  form: fc.constantFrom(...(Object.keys(FORMS) as (keyof typeof FORMS)[])),
  price: fc.integer({ min: 150, max: 60_000 }),
  firstBar: fc.constantFrom(0, 0, 0, 1, 3),
  lastBar: fc.constantFrom(99, 99, 99, 6, 9),
  split: fc.option(fc.record({ bar: fc.integer({ min: 0, max: 14 }), ratio: fc.nat(RATIOS.length - 1) })),
  dividend: fc.option(
    fc.record({ bar: fc.integer({ min: 0, max: 14 }), hundredths: fc.integer({ min: 1, max: 333 }) }),
  ),
  funding: fc.constantFrom(null, null, 1, -3, 12),
  borrow: fc.option(fc.record({ rate: fc.constantFrom(0, 30, 2_500), closedFrom: fc.constantFrom(99, 99, 4, 8) })),
  quietBar: fc.constantFrom(-1, -1, -1, 2, 5),
})

export const isCoin = ({ form }: DrawnInstrument): boolean => FORMS[form].kind === 'crypto' || form === 'perpetual'

export function specOf(one: DrawnInstrument) {
  // A coin that comes near 2^52 units costs cents.
  const price = one.form === 'bigCoin' ? one.price / 10_000 : one.price / 100
  return { ...FORMS[one.form], price, id: (index: number): InstrumentId => instrumentId(`${one.form}-${index}`) }
}

function instrumentOf(one: DrawnInstrument, index: number): Instrument {
  const { kind, unitsPerWhole, step, roundLot, shortable, id } = specOf(one)
  const clock = isCoin(one) ? 'coins' : 'stocks'
  return {
    id: id(index),
    index,
    symbol: `${one.form}-${index}`,
    name: `${one.form} ${index}`,
    kind,
    assetClass: isCoin(one) ? 'crypto' : 'equity',
    sector: '',
    industry: '',
    currency: currencyCode('USD'),
    calendar: calendarId(clock),
    clocks: [clockId(clock)],
    multiplier: 1,
    unit: 1 / unitsPerWhole,
    unitsPerWhole,
    step: quantity(step),
    roundLot: quantity(roundLot),
    ticks: [],
    shortable,
    option: null,
  }
}

interface DrawnMarket {
  readonly seed: number
  readonly bars: number
  readonly wild: boolean
  readonly instruments: readonly DrawnInstrument[]
}

const HOURS = 3_600_000
const FIRST = tradeDate(20_240_102)
const dateOf = (bar: number): TradeDate => addDays(FIRST, bar)
const opensAt = (clock: string, bar: number): Instant =>
  (startOfDay(dateOf(bar)) + (clock === 'coins' ? 0 : 14.5 * HOURS)) as Instant
const closesAt = (clock: string, bar: number): Instant =>
  (startOfDay(dateOf(bar)) + (clock === 'coins' ? 24 : 21) * HOURS) as Instant

/** Bars, sessions and corporate actions of the drawn instruments; the prices come from the seed. */
export function marketOf(drawn: DrawnMarket): MarketData {
  const instruments = drawn.instruments.map(instrumentOf)
  const clocks = [...new Set(drawn.instruments.map((one) => (isCoin(one) ? 'coins' : 'stocks')))]
  const actions: DatedAction[] = []
  const paths = drawn.instruments.map((one, index) => pathOf(drawn, one, index, actions))
  const blocks = clocks.map((clock): ClockBlock => {
    const columns = instruments.filter((instrument) => instrument.clocks[0] === clock)
    const grid = (field: keyof Path): Float64Array =>
      Float64Array.from({ length: drawn.bars * columns.length }, (_, at) => {
        const column = columns[at % columns.length]!
        return paths[column.index]![field][Math.floor(at / columns.length)]!
      })
    const days = Array.from({ length: drawn.bars }, (_, bar) => bar)
    return {
      clock: clockId(clock),
      calendar: calendarId(clock),
      instruments: columns.map(({ id }) => id),
      tradeDates: Int32Array.from(days, dateOf),
      opens: Float64Array.from(days, (bar) => opensAt(clock, bar)),
      closes: Float64Array.from(days, (bar) => closesAt(clock, bar)),
      open: grid('open'),
      high: grid('high'),
      low: grid('low'),
      close: grid('close'),
      volume: grid('volume'),
      factor: grid('factor'),
    }
  })
  return {
    instruments,
    blocks,
    actions: actions.sort((left, right) => left.at - right.at),
    sessions: clocks.map((clock) =>
      sessionsFrom(
        calendarId(clock),
        Array.from({ length: drawn.bars }, (_, bar) => ({
          date: dateOf(bar),
          open: opensAt(clock, bar),
          close: closesAt(clock, bar),
        })),
      ),
    ),
    chains: null,
    notes: [],
  }
}

interface Path {
  readonly open: number[]
  readonly high: number[]
  readonly low: number[]
  readonly close: number[]
  readonly volume: number[]
  readonly factor: number[]
}

/** A walk on the raw scale; a split divides the price on its bar and multiplies the factor from then on. */
function pathOf(drawn: DrawnMarket, one: DrawnInstrument, index: number, actions: DatedAction[]): Path {
  const random = createRandom(drawn.seed + index)
  const { price: start, unitsPerWhole, id } = specOf(one)
  const path: Path = { open: [], high: [], low: [], close: [], volume: [], factor: [] }
  const clock = isCoin(one) ? 'coins' : 'stocks'
  const swing = one.form === 'bigCoin' ? 0.01 : drawn.wild ? 0.4 : 0.05
  const cents = (value: number): number => Math.max(0.0001, Math.round(value * 10_000) / 10_000)
  let price = start
  let factor = 1
  for (let bar = 0; bar < drawn.bars; bar += 1) {
    const dated = { at: opensAt(clock, bar), tradeDate: dateOf(bar) }
    if (one.split?.bar === bar && one.form !== 'bigCoin') {
      const [numerator, denominator] = RATIOS[one.split.ratio]!
      price = (price * denominator) / numerator
      factor = (factor * numerator) / denominator
      actions.push({
        ...dated,
        action: { kind: 'split', instrument: id(index), numerator, denominator, priceAfter: null },
      })
    }
    if (one.dividend?.bar === bar)
      actions.push({
        ...dated,
        action: { kind: 'dividend', instrument: id(index), amount: (one.dividend.hundredths / 10_000) * price },
      })
    if (one.funding !== null)
      actions.push({
        ...dated,
        action: { kind: 'funding', instrument: id(index), rate: one.funding / 1_000, price: null },
      })
    if (one.borrow !== null) {
      const isAvailable = bar < one.borrow.closedFrom || bar > one.borrow.closedFrom + 2
      const action = { kind: 'borrow', instrument: id(index), rate: one.borrow.rate / 1_000, days: 1 } as const
      actions.push({ ...dated, action: { ...action, isAvailable, price: null } })
    }
    const open = cents(price * (1 + swing * (random.uniform() - 0.5)))
    price = cents(open * (1 + 2 * swing * (random.uniform() - 0.5)))
    const there = bar >= one.firstBar && bar <= one.lastBar
    if (bar === one.lastBar + 1 && bar > one.firstBar)
      actions.push({
        ...dated,
        action: { kind: 'ended', instrument: id(index), price: path.close[bar - 1]! as Price, cause: 'delisted' },
      })
    path.open.push(there ? open : Number.NaN)
    path.high.push(there ? cents(Math.max(open, price) * (1 + 0.4 * swing * random.uniform())) : Number.NaN)
    path.low.push(there ? cents(Math.min(open, price) * (1 - 0.4 * swing * random.uniform())) : Number.NaN)
    path.close.push(there ? price : Number.NaN)
    const whole = ((40_000_000 / (start * unitsPerWhole)) * unitsPerWhole) / 100
    path.volume.push(there ? (bar === one.quietBar ? 0 : Math.floor(whole * random.uniform()) + 100) : Number.NaN)
    path.factor.push(factor)
  }
  return path
}
