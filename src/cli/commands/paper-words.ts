import { PAPER_DEFAULTS } from '../../adapters/brokers/paper/strictness.ts'
import type { PortfolioConfig } from '../../domain/config.ts'

/** How orders on paper are filled, as one sentence for people. */
export function paperWords({ paper }: Pick<PortfolioConfig, 'paper'>): string {
  if (paper?.fills === 'backtest') return 'On paper orders fill as in a backtest: both come to the same books.'
  const { latency, participation, halfSpread, borrowRate, unborrowable, pinBand, broker } = paper ?? PAPER_DEFAULTS
  const spreads = Object.entries(halfSpread).filter(([, half]) => half > 0)
  const parts = [
    spreads.length === 0
      ? "at the bars' own prices"
      : `half a spread beside the bars (${spreads.map(([kind, half]) => `${kind} ${number(half * 10_000)}`).join(', ')} basis points), limits included`,
    `for at most ${number(participation * 100)} % of a bar's volume`,
    ...(latency === 0 ? [] : [`${number(latency)} ms after they are sent`]),
    ...(borrowRate === 0
      ? []
      : [`shares held short cost ${number(borrowRate * 100)} % a year where no record says it`]),
    ...(unborrowable.length === 0 ? [] : [`nobody lends ${unborrowable.join(', ')}`]),
    ...(pinBand === 0 ? [] : [`contracts sold are assigned within ${number(pinBand * 100)} % of their strike`]),
    ...(broker === null ? [] : [`it can do what ${broker} can`]),
  ]
  return `On paper orders fill ${parts.join('; ')}.`
}

/** At most six digits, without zeros behind the point. */
function number(value: number): string {
  return String(Number(value.toPrecision(6)))
}
