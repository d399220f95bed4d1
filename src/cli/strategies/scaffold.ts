/** The files that a new strategy of the user's own begins with. */

export interface ScaffoldFile {
  readonly name: string
  readonly text: string
}

/** 'dip-buyer' as a variable: 'dipBuyer'. */
const variableOf = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())

/** Strategy, test, a portfolio on the simulated market, and what to do with them. */
export function scaffold(name: string, ending: 'ts' | 'js'): readonly ScaffoldFile[] {
  const variable = variableOf(name)
  return [
    { name: `${name}.${ending}`, text: strategyText(name, variable) },
    { name: `${name}.test.${ending}`, text: testText(name, variable, ending) },
    { name: `${name}.yaml`, text: portfolioText(name, ending) },
    { name: 'README.md', text: readmeText(name, ending) },
  ]
}

const strategyText = (name: string, variable: string): string => `\
import { defineStrategy, integer, perInstrument, real, sma } from 'polyfolio'

export const ${variable} = defineStrategy({
  name: '${name}',
  summary: 'buys a close below its average, sells once it is back above',
  // Defaults, the bounds within which a configuration may set them, and those within which a search looks.
  parameters: {
    period: integer(20, { min: 2, max: 200, search: [10, 60], title: 'bars of the average' }),
    distance: real(0.03, { min: 0.001, max: 0.5, search: [0.01, 0.1], title: 'how far below it, as a fraction' }),
    stop: real(0.1, { min: 0.01, max: 0.5, title: 'loss at which a position is sold, as a fraction' }),
  },
  indicators: ({ period }) => ({ average: sma(period) }),
  // Called for every instrument of the sleeve at every close; what is wished here acts at the next open.
  decide: perInstrument((one, out) => {
    const { distance, stop } = one.parameters
    const average = one.indicator('average') // NaN until there are enough bars, and a comparison with NaN is false
    if (one.holding !== null && one.close > average) out.exit('back above')
    else if (one.projected === 0 && one.eligible && one.close < (1 - distance) * average) {
      out.enter(1, 'dip', { protection: { stop } })
    }
    return undefined
  }),
})
`

const testText = (name: string, variable: string, ending: string): string => `\
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { marketByHand, portfolioByHand, runBacktest } from 'polyfolio'
import { ${variable} } from './${name}.${ending}'

/** Trades of the strategy on one share with these closes; every day opens where the last one closed. */
function tradesOn(closes${ending === 'ts' ? ': number[]' : ''}) {
  const market = marketByHand({
    ACME: closes.map((close, day) => {
      const open = closes[day - 1] ?? close
      const date = \`2024-01-\${String(day + 8).padStart(2, '0')}\`
      return { date, open, high: Math.max(open, close), low: Math.min(open, close), close }
    }),
  })
  const sizing = { kind: 'quantity'${ending === 'ts' ? ' as const' : ''}, quantity: 100 }
  const sleeve = { id: 'own', strategy: ${variable}, parameters: { period: 4 }, weight: 1, universe: ['ACME'], sizing }
  const portfolio = portfolioByHand({ capital: 10_000, sleeves: [sleeve] })
  return runBacktest({ ...portfolio, market, checks: true }).trades
}

test('buys a dip at the next open and sells once the close is back above the average', () => {
  const trades = tradesOn([10, 10, 10, 10, 9, 8.5, 9.5, 10.5, 11, 11])
  assert.deepEqual(
    trades.map(({ entryReason, exitReason }) => [entryReason, exitReason]),
    [['dip', 'back above']],
  )
})

test('leaves a share alone that does not fall', () => {
  assert.deepEqual(tradesOn([10, 10, 10.1, 10.2, 10.3, 10.4, 10.5]), [])
})
`

const simulated = (symbol: string, price: number, volatility: number): string =>
  `  ${symbol}: {file: ${symbol}.csv, kind: equity, simulation: {price: ${price}, volatility: ${volatility}, average_volume: 2000000}}`

const portfolioText = (name: string, ending: string): string => `\
name: ${name}
capital: 100000
instruments:
  # On the simulated market a share needs a character; with --data its prices are read from its file.
${[simulated('AAA', 60, 0.25), simulated('BBB', 90, 0.35), simulated('CCC', 40, 0.45)].join('\n')}
sleeves:
  - id: ${name.replaceAll('-', '_')}
    weight: 0.9
    strategy: ./${name}.${ending}
    parameters: {period: 20}
    universe: [AAA, BBB, CCC]
    sizing: {kind: percent, fraction: 0.3}
    # A thread of its own: should it hang or crash, this sleeve alone is paused.
    isolation: worker
`

const readmeText = (name: string, ending: string): string => `\
# ${name}

\`\`\`sh
polyfolio strategies describe ./${name}.${ending}
polyfolio strategies test ./${name}.${ending}
polyfolio demo ${name}.yaml --report
polyfolio backtest ${name}.yaml --data FOLDER
\`\`\`

\`${name}.${ending}\` holds the rules, \`${name}.test.${ending}\` their tests on bars written by hand, \`${name}.yaml\` a portfolio
that runs them. Nothing must be installed beside them: these commands bring \`polyfolio\` along. For help in an editor,
run \`npm install polyfolio\`${ending === 'ts' ? ', and `npm install typescript` for types that are checked before every run' : ''}.
`
