/** Rows of every table that a page is read from. */
import type { PriceBarRow } from '../../src/domain/price-bar-row.ts'
import type { Projected, ProjectedRows } from '../../src/domain/projections.ts'

export const START = Date.UTC(2026, 0, 5)
const HOUR = 3_600_000
export const DAY = 24 * HOUR
export const COUNT = 130
export const at = (place: number): number => START + place * HOUR
const placed = (place: number) => ({ seq: place, place: 1, at: at(place) })
export const many = <T>(count: number, of: (place: number) => T): T[] =>
  Array.from({ length: count }, (_, place) => of(place))

const SLEEVES = ['trend', 'trend2', 'carry'] as const
export const INSTRUMENTS = ['XNAS:AAPL', 'XNAS:MSFT', 'XNAS:A_B'] as const
const symbolOf = (instrument: string): string => instrument.split(':')[1]!

export function trip(place: number): ProjectedRows['roundTrip'] {
  const [sleeve, instrument] = [SLEEVES[place % 3]!, INSTRUMENTS[(place >> 1) % 3]!]
  const isOpen = place % 10 === 9
  const ended = isOpen ? null : at(place) + ((place * 37) % 50) * HOUR
  return {
    id: `${sleeve}/${instrument}/${place}`,
    sleeve,
    instrument,
    label: symbolOf(instrument),
    kind: 'position',
    number: place,
    state: place === 7 ? 'undone' : isOpen ? 'open' : 'closed',
    side: place % 4 === 0 ? 'short' : 'long',
    openedAt: at(place),
    entryDate: 20_260_105,
    entrySeq: place,
    entryOrder: place,
    entryReason: 'breakout',
    closedAt: ended,
    exitDate: ended === null ? null : 20_260_106,
    exitSeq: ended === null ? null : place,
    exitOrder: ended === null ? null : place + 1,
    exitReason: ended === null ? '' : 'stop',
    held: ended === null ? null : ended - at(place),
    entered: 10 + (place % 7),
    exited: isOpen ? 2 : 10 + (place % 7),
    entryValue: 100 * (10 + (place % 7)),
    exitValue: 101 * (isOpen ? 2 : 10 + (place % 7)),
    worth: 1000,
    // Several have the same one.
    profit: ((place * 13) % 40) - 20,
    cost: 1,
  }
}

export function posting(place: number): ProjectedRows['posting'] {
  const instrument = place % 5 === 0 ? null : INSTRUMENTS[place % 3]!
  return {
    ...placed(place),
    tradeDate: 20_260_105,
    kind: instrument === null ? 'transfer' : 'fill',
    order: instrument === null ? null : place,
    execution: null,
    sleeve: SLEEVES[place % 3]!,
    instrument,
    currency: 'USD',
    quantity: instrument === null ? 0 : place % 2 === 0 ? 2_000_000 : -1_000_000,
    price: 50,
    cash: 1,
    fee: 0,
    value: -100,
    cost: 0,
    realised: place % 3,
    before: 0,
    stop: null,
    target: null,
    isFlow: instrument === null,
    reason: 'because',
  }
}

function order(place: number): ProjectedRows['netOrder'] {
  const instrument = INSTRUMENTS[place % 3]!
  return {
    order: place,
    seq: place,
    at: at(place),
    tradeDate: 20_260_105,
    cycle: place,
    instrument: place === 5 ? null : instrument,
    label: place === 5 ? 'put spread' : symbolOf(instrument),
    type: place % 2 === 0 ? 'market' : 'limit',
    quantity: place === 6 ? 0 : 3_000_000,
    crossed: 0,
    reference: 50,
  }
}

function violation(id: number): ProjectedRows['violation'] {
  const about = id % 3 === 0 ? 'sleeve' : id % 3 === 1 ? 'position' : 'portfolio'
  const sleeve = SLEEVES[id % 2]!
  return {
    id,
    at: at(id),
    severity: (['low', 'medium', 'high', 'critical'] as const)[id % 4]!,
    rule: 'position_size',
    about,
    subject: about === 'sleeve' ? sleeve : about === 'position' ? `${sleeve}/${INSTRUMENTS[0]}` : '',
    value: 0.2,
    limit: 0.1,
    action: 'trim',
    resolvedAt: id % 2 === 0 ? at(id + 1) : null,
    how: id % 2 === 0 ? 'gone' : null,
    note: '',
    review: null,
    parameters: '{"secret":1}',
  }
}

function bar(place: number, grain: string): PriceBarRow {
  const [instrument, bucket] = [INSTRUMENTS[0], grain === '1h' ? at(place) : START + place * DAY]
  const prices = { open: place, high: place + 2, low: place - 2, close: place + 1 }
  return { instrument, grain, bucket, at: bucket, tradeDate: 20_260_105, ...prices, volume: 10, factor: 1 }
}

const instrument = (id: string): ProjectedRows['instrument'] => ({
  instrument: id,
  column: INSTRUMENTS.indexOf(id as (typeof INSTRUMENTS)[number]),
  symbol: symbolOf(id),
  name: id,
  kind: 'stock',
  assetClass: 'equity',
  sector: 'tech',
  currency: 'USD',
  multiplier: 1,
  unitsPerWhole: 1_000_000,
})

const sleeve = (name: string, ordinal: number): ProjectedRows['sleeve'] => ({
  sleeve: name,
  ordinal,
  title: name,
  strategy: 'breakout',
  parameters: '{}',
  universe: '[]',
  calendar: 'nyse',
  clock: 'nyse/1h',
  timeframe: '1h',
  weight: 0.3,
  capital: 1,
  status: 'active',
  reason: '',
  stage: null,
  knownSharpe: null,
  knownWinRate: null,
  regimes: null,
  createdAt: null,
})

const holding = (of: string, held: string, quantity: number): ProjectedRows['holding'] => ({
  sleeve: of,
  instrument: held,
  quantity: quantity * 1_000_000,
  averagePrice: 40,
  openedAt: START,
  stop: null,
  target: null,
  realised: 5,
})

export const PROJECTED: Projected = {
  sleeve: SLEEVES.map(sleeve),
  instrument: INSTRUMENTS.map(instrument),
  configuration: [{ seq: 0, at: START, currency: 'USD', capital: 1, periods: 252, document: '{}' }],
  roundTrip: many(COUNT, trip),
  posting: many(COUNT, posting),
  netOrder: many(20, order),
  intent: many(20, (place) => ({
    order: place,
    place: 0,
    sleeve: SLEEVES[place % 3]!,
    intent: place,
    wanted: 3,
    crossed: 0,
    reason: '',
  })),
  orderFill: [
    { ...placed(30), order: 1, quantity: 1_000_000, price: 50, fee: 2 },
    { ...placed(31), order: 1, quantity: 2_000_000, price: 53, fee: 3 },
  ],
  orderEnd: [{ ...placed(32), order: 1, state: 'filled', evidence: 'the broker' }],
  violation: many(12, violation),
  alert: many(6, (seq) => ({ seq, at: at(seq), severity: 'high', rule: 'order_unknown', subject: 'c1', text: 'look' })),
  capitalChange: many(9, (place) => ({
    seq: 40 + Math.floor(place / 3),
    place: 1 + (place % 3),
    at: at(40 + Math.floor(place / 3)),
    tradeDate: 20_260_105,
    cause: place % 3 === 2 ? 'loan' : 'rebalance',
    sleeve: SLEEVES[place % 3]!,
    before: 1,
    after: 2,
    moved: place % 3 === 0 ? -7_000_000 : 7_000_000,
    reason: 'monthly',
  })),
  allocation: many(9, (place) => ({
    ...placed(place),
    tradeDate: 20_260_105,
    sleeve: SLEEVES[place % 3]!,
    weight: 0.1,
    factor: 1,
    isComputed: place % 2 === 0,
  })),
  membership: many(9, (place) => ({
    ...placed(place),
    tradeDate: 20_260_105,
    sleeve: SLEEVES[0],
    instrument: INSTRUMENTS[place % 3]!,
    isMember: true,
    reasons: '',
  })),
  signal: many(9, (place) => ({
    ...placed(place),
    tradeDate: 20_260_105,
    sleeve: SLEEVES[place % 3]!,
    instrument: INSTRUMENTS[place % 3]!,
    quantity: 1,
    confidence: place / 10,
    price: 50,
    stop: null,
    target: null,
    regime: '',
    reason: '',
  })),
  gateChange: [{ seq: 3, at: at(3), gate: 'armed', instrument: null, isOpen: false, reason: 'stopped' }],
  operation: [{ seq: 4, at: at(4), id: 'k', actor: 'anna', command: '{"kind":"pause","sleeve":"carry"}' }],
  holding: [
    holding('trend', INSTRUMENTS[0], 10),
    holding('carry', INSTRUMENTS[0], -4),
    holding('carry', INSTRUMENTS[1], 1),
    holding('trend', INSTRUMENTS[2], 0),
  ],
  mark: [{ instrument: INSTRUMENTS[0], price: 50, rate: 2, at: at(9) }],
  priceBar: [...many(100, (place) => bar(place, '1h')), ...many(5, (place) => bar(place, 'day'))],
}

const gate = (seq: number, name: string) => ({
  seq,
  at: at(seq),
  gate: name,
  instrument: null,
  isOpen: false,
  reason: '',
})

const approval = (id: number, state: string): ProjectedRows['approval'] => ({
  id,
  sleeve: SLEEVES[0],
  instrument: INSTRUMENTS[0],
  label: 'AAPL',
  quantity: 1,
  allowed: 1,
  value: 50,
  reason: '',
  askedAt: at(id),
  expires: null,
  state,
  changedAt: at(id),
})

/** Of a portfolio whose tables are behind its journal. */
export const LATE: Projected = {
  gateChange: [gate(0, 'armed'), gate(1, 'alive'), gate(2, 'feed')],
  approval: [approval(1, 'asked'), approval(2, 'rejected'), approval(3, 'approved')],
}

/** One close of the whole. */
export const CLOSE: ProjectedRows['equity'] = {
  sleeve: '',
  grain: 'cycle',
  bucket: at(4),
  at: at(4),
  seq: 4,
  first: 100,
  minimum: 100,
  maximum: 100,
  equity: 100,
  cash: 100,
  gross: 0,
  net: 0,
  positions: 0,
  flow: 0,
  growth: 1,
  peak: 1,
  volatility: null,
  closes: 1,
}
