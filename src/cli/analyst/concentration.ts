/** What stands in few places: by instrument, asset class and sector, each bar made of the sleeves that hold it. */
import type { Concentration, ConcentrationBar, ConcentrationPart } from '../../api/contract/risk-page.ts'
import type { Instrument } from '../../domain/instruments.ts'
import { finite, known } from '../report/numbers.ts'
import { type Facts, titleOf } from './facts.ts'

const BARS_SHOWN = 10
const EPSILON = 1e-12

/** What a sleeve holds of an instrument, as the limits count it: a structure by its maximum loss, on its underlying. */
interface Held {
  readonly sleeve: string
  readonly instrument: Instrument
  readonly value: number
}

export function concentrationOf(facts: Facts): readonly Concentration[] {
  const { limits } = facts.result.config
  const held = heldOf(facts)
  return [
    grouped(facts, 'instrument', held, ({ symbol }) => symbol, limits.positionWeightMax),
    grouped(facts, 'assetClass', held, ({ assetClass }) => assetClass, limits.assetClassWeightMax),
    grouped(
      facts,
      'sector',
      held,
      ({ sector, symbol }) => (sector === '' ? symbol : sector),
      limits.sectorWeightMax ?? null,
    ),
  ]
}

function heldOf({ result }: Facts): readonly Held[] {
  const bySymbol = new Map(result.instruments.map((instrument) => [instrument.symbol, instrument]))
  const positions = result.positions.flatMap(({ sleeve, instrument: symbol, value }) => {
    const instrument = bySymbol.get(symbol)
    return instrument === undefined || instrument.option !== null ? [] : [{ sleeve, instrument, value }]
  })
  const structures = (result.options?.structures ?? []).flatMap(({ sleeve, underlying, maximumLoss }) => {
    const instrument = bySymbol.get(underlying)
    return instrument === undefined ? [] : [{ sleeve, instrument, value: maximumLoss }]
  })
  return [...positions, ...structures]
}

function grouped(
  facts: Facts,
  by: Concentration['by'],
  held: readonly Held[],
  keyOf: (instrument: Instrument) => string,
  limit: number | null,
): Concentration {
  const equity = facts.report.portfolio.final
  const groups = new Map<string, Held[]>()
  for (const one of held) {
    const key = keyOf(one.instrument)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  const bars = [...groups]
    .map(([name, group]) => barOf(facts, name, group, { equity, limit }))
    .filter(({ gross }) => gross > EPSILON)
    .sort((left, right) => right.gross - left.gross || (left.name < right.name ? -1 : 1))
  const rest = bars.slice(BARS_SHOWN)
  return { by, bars: bars.slice(0, BARS_SHOWN), other: known(rest.reduce((sum, { gross }) => sum + gross, 0)), limit }
}

function barOf(
  facts: Facts,
  name: string,
  held: readonly Held[],
  { equity, limit }: { readonly equity: number; readonly limit: number | null },
): ConcentrationBar {
  const bySleeve = new Map<string, number>()
  for (const { sleeve, value } of held) bySleeve.set(sleeve, (bySleeve.get(sleeve) ?? 0) + value)
  const parts = facts.report.sleeves.flatMap(({ name: sleeve }): ConcentrationPart[] => {
    const value = bySleeve.get(sleeve)
    return value === undefined ? [] : [{ sleeve, title: titleOf(facts, sleeve), weight: finite(value / equity) ?? 0 }]
  })
  const net = parts.reduce((sum, { weight }) => sum + weight, 0)
  const gross = parts.reduce((sum, { weight }) => sum + Math.abs(weight), 0)
  return {
    name,
    net: known(net),
    gross: known(gross),
    parts,
    limit,
    isAbove: limit !== null && Math.abs(net) > limit + EPSILON,
  }
}
