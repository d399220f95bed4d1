/** How rows of the readable tables are named in the database, and what becomes of one that is there already. */
import type { ProjectedRows, ProjectedTable } from '../../domain/projections.ts'

/**
 * `log`: happens once, a second row of its key is an error. `last`: the last word stands. `rollUp`: stretches of time grow
 * together.
 */
type Merge = 'log' | 'last' | 'rollUp'

export interface ProjectedShape<Table extends ProjectedTable = ProjectedTable> {
  readonly merge: Merge
  /** Beside the portfolio. */
  readonly key: readonly (keyof ProjectedRows[Table] & string)[]
  readonly columns: { readonly [Column in keyof ProjectedRows[Table]]-?: true | 'sealed' }
}

const PLACED = { seq: true, place: true, at: true } as const
const PLACED_KEY = ['seq', 'place'] as const

/** `sealed`: unreadable in the file where a store is encrypted. */
export const PROJECTED: { readonly [Table in ProjectedTable]: ProjectedShape<Table> } = {
  sleeve: {
    merge: 'last',
    key: ['sleeve'],
    columns: {
      sleeve: true,
      ordinal: true,
      title: true,
      strategy: true,
      parameters: 'sealed',
      universe: true,
      calendar: true,
      clock: true,
      timeframe: true,
      weight: true,
      capital: true,
      status: true,
      reason: true,
      stage: true,
      knownSharpe: true,
      knownWinRate: true,
      regimes: true,
      createdAt: true,
    },
  },
  configuration: {
    merge: 'log',
    key: ['seq'],
    columns: { seq: true, at: true, currency: true, capital: true, periods: true, document: 'sealed' },
  },
  instrument: {
    merge: 'last',
    key: ['instrument'],
    columns: {
      instrument: true,
      column: true,
      symbol: true,
      name: true,
      kind: true,
      assetClass: true,
      sector: true,
      currency: true,
      multiplier: true,
      unitsPerWhole: true,
    },
  },
  posting: {
    merge: 'log',
    key: PLACED_KEY,
    columns: {
      ...PLACED,
      tradeDate: true,
      kind: true,
      order: true,
      execution: true,
      sleeve: true,
      instrument: true,
      currency: true,
      quantity: true,
      price: true,
      cash: true,
      fee: true,
      value: true,
      cost: true,
      realised: true,
      before: true,
      stop: true,
      target: true,
      isFlow: true,
      reason: true,
    },
  },
  netOrder: {
    merge: 'log',
    key: ['order'],
    columns: {
      order: true,
      seq: true,
      at: true,
      tradeDate: true,
      cycle: true,
      instrument: true,
      label: true,
      type: true,
      quantity: true,
      crossed: true,
      reference: true,
    },
  },
  intent: {
    merge: 'log',
    key: ['order', 'place'],
    columns: {
      order: true,
      place: true,
      sleeve: true,
      intent: true,
      wanted: true,
      crossed: true,
      reason: true,
    },
  },
  orderFill: {
    merge: 'log',
    key: PLACED_KEY,
    columns: { ...PLACED, order: true, quantity: true, price: true, fee: true },
  },
  orderEnd: { merge: 'log', key: PLACED_KEY, columns: { ...PLACED, order: true, state: true, evidence: true } },
  intentEnd: {
    merge: 'log',
    key: PLACED_KEY,
    columns: {
      ...PLACED,
      tradeDate: true,
      sleeve: true,
      instrument: true,
      how: true,
      rule: true,
      wanted: true,
      allowed: true,
      value: true,
      limit: true,
    },
  },
  signal: {
    merge: 'log',
    key: PLACED_KEY,
    columns: {
      ...PLACED,
      tradeDate: true,
      sleeve: true,
      instrument: true,
      quantity: true,
      confidence: true,
      price: true,
      stop: true,
      target: true,
      regime: true,
      reason: true,
    },
  },
  holding: {
    merge: 'last',
    key: ['sleeve', 'instrument'],
    columns: {
      sleeve: true,
      instrument: true,
      quantity: true,
      averagePrice: true,
      openedAt: true,
      stop: true,
      target: true,
      realised: true,
    },
  },
  purse: {
    merge: 'last',
    key: ['sleeve', 'currency'],
    columns: { sleeve: true, currency: true, cash: true, fees: true, dividends: true },
  },
  mark: { merge: 'last', key: ['instrument'], columns: { instrument: true, price: true, rate: true, at: true } },
  equity: {
    merge: 'rollUp',
    key: ['grain', 'sleeve', 'bucket'],
    columns: {
      sleeve: true,
      grain: true,
      bucket: true,
      at: true,
      seq: true,
      first: true,
      minimum: true,
      maximum: true,
      equity: true,
      cash: true,
      gross: true,
      net: true,
      positions: true,
      flow: true,
      growth: true,
      peak: true,
      volatility: true,
      closes: true,
    },
  },
  allocation: {
    merge: 'log',
    key: PLACED_KEY,
    columns: { ...PLACED, tradeDate: true, sleeve: true, weight: true, factor: true, isComputed: true },
  },
  capitalChange: {
    merge: 'log',
    key: PLACED_KEY,
    columns: {
      ...PLACED,
      tradeDate: true,
      cause: true,
      sleeve: true,
      before: true,
      after: true,
      moved: true,
      reason: true,
    },
  },
  metric: {
    merge: 'last',
    key: ['tradeDate', 'sleeve', 'name'],
    columns: { tradeDate: true, at: true, sleeve: true, name: true, value: true },
  },
  violation: {
    merge: 'last',
    key: ['id'],
    columns: {
      id: true,
      at: true,
      severity: true,
      rule: true,
      about: true,
      subject: true,
      value: true,
      limit: true,
      action: true,
      resolvedAt: true,
      how: true,
      note: true,
      review: true,
      parameters: 'sealed',
    },
  },
  approval: {
    merge: 'last',
    key: ['id'],
    columns: {
      id: true,
      sleeve: true,
      instrument: true,
      label: true,
      quantity: true,
      allowed: true,
      value: true,
      reason: true,
      askedAt: true,
      expires: true,
      state: true,
      changedAt: true,
    },
  },
  discrepancy: {
    merge: 'last',
    key: ['id'],
    columns: {
      id: true,
      kind: true,
      subject: true,
      ours: true,
      theirs: true,
      difference: true,
      adopted: true,
      isForeign: true,
      since: true,
      changedAt: true,
      state: true,
      resolution: true,
    },
  },
  operation: {
    merge: 'log',
    key: ['seq'],
    columns: { seq: true, at: true, id: true, actor: true, command: true },
  },
  gateChange: {
    merge: 'log',
    key: ['seq'],
    columns: { seq: true, at: true, gate: true, instrument: true, isOpen: true, reason: true },
  },
  alert: {
    merge: 'log',
    key: ['seq'],
    columns: { seq: true, at: true, severity: true, rule: true, subject: true, text: true },
  },
  structureChange: {
    merge: 'log',
    key: PLACED_KEY,
    columns: {
      ...PLACED,
      structure: true,
      sleeve: true,
      label: true,
      isOpening: true,
      quantity: true,
      premium: true,
      money: true,
      order: true,
      reason: true,
    },
  },
  membership: {
    merge: 'log',
    key: PLACED_KEY,
    columns: { ...PLACED, tradeDate: true, sleeve: true, instrument: true, isMember: true, reasons: true },
  },
}

export const PROJECTED_TABLES = Object.keys(PROJECTED) as readonly ProjectedTable[]

/** A name as the database writes it: `tradeDate` is `trade_date`. */
export function columnName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
