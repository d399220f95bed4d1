/** Why a position has its size: the formula with its numbers, and every rule that was asked. */
import type { Panel } from '../../api/contract/analysis.ts'
import type { Sizing, SizingTerm } from '../../api/contract/sleeve-page.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { ConsultedRule } from '../../engine/records/witness.ts'
import { ruleOf, sizeOf } from '../../live/explain/explain.ts'
import type { ExplainedSize } from '../../live/explain/explanation.ts'
import { formulaText } from '../explain/text.ts'
import { finite, known } from '../report/numbers.ts'
import { empty, type Facts, filled } from './facts.ts'

const EPSILON = 1e-12

/** @param sleeve ordinal @param held what is held: an option's size is that of the structure on its underlying */
export function sizingOf(facts: Facts, sleeve: number, held: Instrument): Panel<Sizing> {
  const { result, sized } = facts
  const { option } = held
  const instrument = option === null ? held : result.instruments.find(({ id }) => id === option.underlying)!
  const found = sized.find(sleeve, instrument.index)
  if (found === undefined)
    return empty('It came without an entry of this sleeve: by assignment, transfer or from outside.')
  const { judged } = found
  const whole = judged.isStructure ? 1 : instrument.unitsPerWhole
  const size = found.sized === null ? null : sizeOf(found.sized)
  const { currency } = result.config
  return filled({
    formula:
      size === null ? 'The strategy named the quantity itself.' : formulaText(size, currency, instrument.currency),
    terms: size === null ? [] : termsOf(size),
    asked: finite(judged.asked / whole),
    allowed: finite(judged.allowed / whole),
    rules: judged.consulted.map((rule) => ruleView(ruleOf(rule, whole))),
  })
}

function termsOf(size: ExplainedSize): readonly SizingTerm[] {
  const { factors } = size
  const terms: readonly (readonly [string, number | null])[] = [
    ['price', size.price],
    ['value of one', size.value],
    ['equity of the sleeve', size.sleeveEquity],
    ['equity of the portfolio', size.portfolioEquity],
    ['as sure as the strategy is', factors.wish],
    ['on a weekend', factors.weekend],
    ['left by the capital plan', factors.capital],
    ['back after a halt', factors.reentry],
    ['lost at most by one', size.maximumLoss],
    ['step', size.step],
    ['size', size.size],
  ]
  return terms.flatMap(([name, value]) => (finite(value) === null ? [] : [{ name, value: known(value!) }]))
}

function ruleView({ rule, scope, value, limit, asked, allowed }: ConsultedRule): Sizing['rules'][number] {
  const isWhole = Math.abs(asked - allowed) <= EPSILON * Math.abs(asked)
  return {
    rule: `${rule} (${scope})`,
    outcome: isWhole ? 'allowed' : allowed === 0 ? 'refused' : 'trimmed',
    value: finite(value),
    limit: finite(limit),
    left: finite(allowed),
  }
}
