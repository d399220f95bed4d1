import { describe, expect, it } from 'vitest'
import { betaOf, futureOf, type RelativeBar, type StressedInstrument, type StressedMarket } from './futures.ts'

const DAYS = 60

/** yyyymmdd of day `index`: two months of 30 days. */
const dayOf = (index: number): number => 20_240_101 + Math.floor(index / 30) * 100 + (index % 30)

function instrument(id: string, returns: readonly number[], exposure: Record<string, number> = {}): StressedInstrument {
  const close = [100]
  for (const move of returns) close.push(close.at(-1)! * (1 + move))
  const prices = Float64Array.from(close)
  return {
    id,
    dates: Int32Array.from(close, (_, index) => dayOf(index)),
    open: prices.map((value, row) => close[Math.max(0, row - 1)] ?? value),
    high: prices.map((value, row) => Math.max(value, close[Math.max(0, row - 1)]!)),
    low: prices.map((value, row) => Math.min(value, close[Math.max(0, row - 1)]!)),
    close: prices,
    rows: close.length,
    exposure: new Map(Object.entries(exposure)),
  }
}

const wave = Array.from({ length: DAYS - 1 }, (_, index) => (index % 2 === 0 ? 0.02 : -0.01))
const market: StressedInstrument = instrument('M', wave)
const double: StressedInstrument = instrument(
  'D',
  wave.map((move) => move * 2),
  { one: 1000 },
)
const short: StressedInstrument = instrument(
  'S',
  wave.map((move) => 0 - move),
  { two: -500 },
)
const stressed: StressedMarket = {
  instruments: [market, double, short],
  benchmark: market,
  equity: new Map([
    ['one', 2000],
    ['two', 2000],
    ['idle', 2000],
  ]),
}

function bars(future: ReturnType<typeof futureOf>): readonly (readonly RelativeBar[])[] {
  if (!future.possible) throw new Error(future.reason)
  return future.bars
}
const closes = (future: ReturnType<typeof futureOf>): readonly (readonly number[])[] =>
  bars(future).map((day) => day.map(({ close }) => close))

describe('a stressed market', () => {
  it('moves every instrument by its beta, within the day', () => {
    expect(betaOf(double, market)).toBeCloseTo(2, 9)
    const [day] = bars(futureOf({ kind: 'move', name: 'fall', move: -0.1 }, stressed))
    expect(day!.map(({ close }) => close)).toEqual([0.9, 0.8, 1.1].map((value) => expect.closeTo(value, 9)))
    expect(day!.map(({ open }) => open)).toEqual([1, 1, 1])
  })

  it('gaps against whoever holds, and leaves alone what nobody holds', () => {
    const [day] = bars(futureOf({ kind: 'gap', name: 'gap', move: 0.1 }, stressed))
    expect(day!.map(({ open }) => open)).toEqual([1, 0.9, 1.1])
    const flat = { ...stressed, instruments: [market] }
    expect(futureOf({ kind: 'gap', name: 'gap', move: 0.1 }, flat)).toMatchObject({ possible: false })
  })

  it('takes from one sleeve just what it should lose', () => {
    const [day] = bars(futureOf({ kind: 'sleeve', name: 's', sleeve: 'one', loss: 0.2 }, stressed))
    // 20 % of 2,000 on a position of 1,000 is a fall of 40 %
    expect(day!.map(({ open }) => open)).toEqual([1, 0.6, 1])
    const shortOnly = bars(futureOf({ kind: 'sleeve', name: 's', sleeve: 'two', loss: 0.1 }, stressed))
    expect(shortOnly[0]![2]!.open).toBeCloseTo(1.4, 12)
    const idle = futureOf({ kind: 'sleeve', name: 's', sleeve: 'idle', loss: 0.2 }, stressed)
    expect(idle).toEqual({ possible: false, reason: 'sleeve "idle" holds nothing that could fall' })
    const much = futureOf({ kind: 'sleeve', name: 's', sleeve: 'one', loss: 0.6 }, stressed)
    expect(much).toMatchObject({ possible: false })
  })

  it('plays a window again as it was, and by beta for whoever was not there', () => {
    const late = { ...double, dates: double.dates.map((date) => date + 10_000), rows: double.rows }
    const window = { kind: 'window', name: 'w', from: dayOf(10), to: dayOf(13) } as const
    const played = closes(futureOf(window, { ...stressed, instruments: [market, double, late] }))
    expect(played).toHaveLength(4)
    expect(played[0]).toEqual([0.99, 0.98, expect.closeTo(0.99, 9)])
    const early = futureOf({ ...window, from: 20_000_324, to: 20_021_009 }, stressed)
    expect(early).toEqual({
      possible: false,
      reason: 'the prices of M do not reach back that far: they begin on 2024-01-01',
    })
    const end = market.dates.at(-1)!
    for (const from of [20_300_224, end]) {
      const late = futureOf({ ...window, from, to: 20_300_407 }, stressed)
      expect(late).toMatchObject({ possible: false })
      expect(late).toHaveProperty(
        'reason',
        expect.stringMatching(/^the prices of M do not reach that far: they end on /),
      )
    }
  })

  it('makes every move twice as large around their mean', () => {
    const played = closes(futureOf({ kind: 'volatility', name: 'v', factor: 2, bars: 20 }, stressed))
    expect(played).toHaveLength(20)
    // moves of 2 % and -1 % around 0.5 %: 3.5 % and -2.5 %
    const sorted = [...new Set(played.map((day) => day[0]!.toFixed(9)))].sort((a, b) => Number(a) - Number(b))
    expect(sorted.map(Number)).toEqual([0.975, 1.035])
  })

  it('lets all move together, each by its own volatility', () => {
    const played = closes(futureOf({ kind: 'correlation', name: 'c', bars: 40 }, stressed))
    for (const [whole, twice, against] of played) {
      expect(twice! - 1).toBeCloseTo(2 * (whole! - 1), 9)
      expect(against! - 1).toBeCloseTo(whole! - 1, 9)
    }
  })
})
