import type { RiskRule } from '../../domain/risk.ts'

/** Exposure limits hold with this slack, so that a position sized exactly to its limit is not trimmed by rounding. */
const EPSILON = 1e-12

/** Units of the change that fit into a money room; 0 where there is none. */
function unitsWithin(room: number, unitExposure: number, asked: number): number {
  if (room <= 0) return 0
  const magnitude = Math.abs(asked)
  const fitting = room / unitExposure
  if (fitting >= magnitude) return asked
  return asked < 0 ? -fitting : fitting
}

/** Open positions of one sleeve, waiting ones included. */
export const sleevePositions: RiskRule = {
  name: 'sleevePositions',
  scope: 'sleeve',
  contention: 'queue',
  room: (change, books, limit) =>
    books.opens(change) && books.sleevePositions(change.sleeve) >= limit ? 0 : change.quantity,
}

/** Open positions of all sleeves, waiting ones included; one structure counts once. */
export const portfolioPositions: RiskRule = {
  name: 'portfolioPositions',
  scope: 'portfolio',
  contention: 'queue',
  room: (change, books, limit) => (books.opens(change) && books.positions >= limit ? 0 : change.quantity),
}

/** Exposure of one position as a fraction of its sleeve's equity; structures by maximum loss. */
export const sleevePositionWeight: RiskRule = {
  name: 'sleevePositionWeight',
  scope: 'position',
  contention: 'queue',
  room: (change, books, limit) =>
    unitsWithin(
      limit * books.sleeveEquity(change.sleeve) * (1 + EPSILON) -
        books.sleeveExposure(change.sleeve, change.instrument),
      change.unitExposure,
      change.quantity,
    ),
}

/** Exposure to one instrument across sleeves, netted, as a fraction of portfolio equity. */
export const positionWeight: RiskRule = {
  name: 'positionWeight',
  scope: 'portfolio',
  contention: 'scale',
  room: (change, books, limit) =>
    unitsWithin(
      limit * books.equity * (1 + EPSILON) - books.exposure(change.instrument),
      change.unitExposure,
      change.quantity,
    ),
}

/** Exposure to one asset class; options count as the class of their underlying. */
export const assetClassWeight: RiskRule = {
  name: 'assetClassWeight',
  scope: 'portfolio',
  contention: 'scale',
  room: (change, books, limit) =>
    unitsWithin(
      limit * books.equity * (1 + EPSILON) - books.classExposure(change.instrument),
      change.unitExposure,
      change.quantity,
    ),
}

/** Gross exposure over equity. */
export const leverage: RiskRule = {
  name: 'leverage',
  scope: 'portfolio',
  contention: 'queue',
  room: (change, books, limit) =>
    unitsWithin(limit * books.equity * (1 + EPSILON) - books.grossExposure, change.unitExposure, change.quantity),
}

/** What the sleeve may still spend of the instrument's currency: in a cash account nothing is bought with a peer's money. */
export const sleeveCash: RiskRule<true> = {
  name: 'sleeveCash',
  scope: 'sleeve',
  contention: 'queue',
  room: (change, books) =>
    unitsWithin(books.sleeveAvailable(change.sleeve, change.instrument), change.unitExposure, change.quantity),
}

/** What the account may still spend: settled cash, or Reg-T buying power. */
export const buyingPower: RiskRule<true> = {
  name: 'buyingPower',
  scope: 'portfolio',
  contention: 'queue',
  room: (change, books) => unitsWithin(books.buyingPower, change.unitExposure, change.quantity),
}

/** Nothing opens while the portfolio's drawdown breaker is tripped. */
export const drawdownBreaker: RiskRule<true> = {
  name: 'drawdownBreaker',
  scope: 'portfolio',
  contention: 'queue',
  room: (change, books) => (books.halted ? 0 : change.quantity),
}
