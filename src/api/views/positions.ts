/** What is held, netted and by sleeve, and how it is spread. */
import type { PositionRow as HeldRow, NetPosition } from '../../domain/paging.ts'
import type {
  ExposureRow,
  ExposureView,
  MoneyAndFraction,
  PositionPart,
  PositionRow,
  PositionSum,
  PositionTable,
} from '../contract/overview.ts'
import { addingUp, money, price, priceDecimals, priceOrNull, quantity } from './amounts.ts'
import { type Basis, currencyOf, lateOf } from './basis.ts'
import { momentOrNull } from './moments.ts'

const OTHER = 'Other'

/** @param limit rows; what they leave out is added up */
export function positionTable(basis: Basis, limit: number): PositionTable {
  const currency = currencyOf(basis)
  const all = basis.positions.netted
  const shown = all.slice(0, limit)
  const column = (of: (one: NetPosition) => number | null): readonly string[] =>
    addingUp(
      all.map((one) => of(one) ?? 0),
      sum(all, of),
      currency,
    )
  const [net, gross, unrealised] = [
    column(({ value }) => value),
    column(({ gross: one }) => one),
    column((one) => one.unrealised),
  ]
  const rest = all.slice(limit)
  return {
    rows: shown.map((position, index) => ({
      ...positionRow(basis, position),
      netValue: net[index]!,
      grossValue: gross[index]!,
      unrealised: unrealised[index]!,
    })),
    other: sumOf(rest, currency),
    total: sumOf(all, currency),
  }
}

function sum(rows: readonly NetPosition[], of: (one: NetPosition) => number | null): number {
  return rows.reduce((total, one) => total + (of(one) ?? 0), 0)
}

function sumOf(rows: readonly NetPosition[], currency: string): PositionSum {
  return {
    count: rows.length,
    netValue: money(
      sum(rows, ({ value }) => value),
      currency,
    ),
    grossValue: money(
      sum(rows, ({ gross }) => gross),
      currency,
    ),
    unrealised: money(
      sum(rows, ({ unrealised }) => unrealised),
      currency,
    ),
  }
}

function positionRow(basis: Basis, held: NetPosition): Omit<PositionRow, 'netValue' | 'grossValue' | 'unrealised'> {
  const currency = currencyOf(basis)
  const equity = basis.last.get('')?.equity ?? 0
  return {
    instrument: held.instrument,
    symbol: held.symbol,
    name: held.name,
    kind: held.kind,
    assetClass: held.assetClass,
    sector: held.sector,
    currency: held.currency,
    decimals: priceDecimals(held.price, held.kind),
    net: quantity(held.quantity),
    gross: quantity(held.long + Math.abs(held.short)),
    weight: held.value === null || equity <= 0 ? null : held.value / equity,
    today: todayOf(basis, held),
    realised: money(held.realised, currency),
    price: priceOrNull(held.price),
    priceAt: momentOrNull(held.markedAt),
    late: lateOf(basis).includes(held.instrument),
    parts: held.parts.map((part) => partOf(basis, part)),
  }
}

function partOf(basis: Basis, part: HeldRow): PositionPart {
  const currency = currencyOf(basis)
  return {
    sleeve: part.sleeve,
    ordinal: basis.sleeves.find(({ sleeve }) => sleeve === part.sleeve)?.ordinal ?? -1,
    quantity: quantity(part.quantity),
    averagePrice: part.averagePrice === null ? null : price(Number(part.averagePrice.toPrecision(9))),
    value: money(part.value ?? 0, currency),
    unrealised: money(part.unrealised ?? 0, currency),
    openedAt: momentOrNull(part.openedAt),
    stop: priceOrNull(part.stop),
    target: priceOrNull(part.target),
    order: basis.openedBy.get(`${part.sleeve}/${part.instrument}`) ?? null,
  }
}

/** What is held now, at the price of now against that of the day before. */
function todayOf(basis: Basis, { instrument, price: now, value, quantity: held }: NetPosition): MoneyAndFraction {
  const before = basis.before.get(instrument)
  if (before === undefined || before <= 0 || now === null || value === null) {
    return { amount: null, fraction: null, why: 'Its price of the day before is not known.' }
  }
  const perPrice = now === 0 || held === 0 ? 0 : value / now
  return { amount: money(perPrice * (now - before), currencyOf(basis)), fraction: now / before - 1, why: '' }
}

export function exposureView(basis: Basis): ExposureView {
  const currency = currencyOf(basis)
  const held = basis.positions.netted
  const limits = basis.config?.limits ?? null
  return {
    gross: money(
      sum(held, ({ gross }) => gross),
      currency,
    ),
    net: money(
      sum(held, ({ value }) => value),
      currency,
    ),
    classes: exposureRows(basis, ({ assetClass }) => assetClass, limits?.assetClassWeightMax ?? null),
    sectors: exposureRows(basis, ({ sector }) => sector, limits?.sectorWeightMax ?? null),
  }
}

/** By the size of their gross exposure; what nobody has classed is one of its own. */
function exposureRows(
  basis: Basis,
  nameOf: (one: NetPosition) => string,
  limit: number | null,
): readonly ExposureRow[] {
  const currency = currencyOf(basis)
  const equity = basis.last.get('')?.equity ?? 0
  const groups = new Map<string, { gross: number; net: number }>()
  for (const position of basis.positions.netted) {
    const own = nameOf(position)
    const name = own === '' || own === 'unknown' ? OTHER : own
    const group = groups.get(name) ?? { gross: 0, net: 0 }
    group.gross += position.gross ?? 0
    group.net += position.value ?? 0
    groups.set(name, group)
  }
  const rows = [...groups].sort(([one, left], [other, right]) => right.gross - left.gross || (one < other ? -1 : 1))
  const all = rows.reduce((total, [, { gross }]) => total + gross, 0)
  const [gross, net] = [
    addingUp(
      rows.map(([, group]) => group.gross),
      all,
      currency,
    ),
    addingUp(
      rows.map(([, group]) => group.net),
      rows.reduce((total, [, group]) => total + group.net, 0),
      currency,
    ),
  ]
  return rows.map(([name, group], index) => {
    const weight = equity <= 0 ? null : group.gross / equity
    return {
      name,
      gross: gross[index]!,
      net: net[index]!,
      weight,
      part: all === 0 ? null : group.gross / all,
      limit,
      use: weight === null || limit === null ? null : weight / limit,
    }
  })
}
