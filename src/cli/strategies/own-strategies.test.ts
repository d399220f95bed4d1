import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadPortfolio } from '../config/load.ts'
import { failureOf } from '../failure.ts'

// A stranger's folder: no package.json, nothing installed.
const folder = mkdtempSync(join(tmpdir(), 'polyfolio-own-'))
afterAll(() => rmSync(folder, { recursive: true }))

const IMPORT = "import { defineStrategy, integer, perInstrument, sma } from 'polyfolio'\n"
const PARAMETERS = 'parameters: { period: integer(4, { min: 2, max: 200 }) }'
const REST = `${PARAMETERS},
  indicators: (parameters) => ({ average: sma(parameters.period) }),
  decide: perInstrument((one, out) => {
    if (one.close < one.indicator('average')) out.enter(1, 'dip')
    return undefined
  }),
})
`
const STRATEGY = `${IMPORT}export const dips = defineStrategy({\n  name: 'dips',\n  ${REST}`

function portfolio(name: string, sleeves: readonly string[]): string {
  const file = join(folder, `${name}.yaml`)
  const instruments = 'instruments:\n  AAA: {file: a.csv, kind: equity}\n'
  writeFileSync(file, `name: own\ncapital: 1000\n${instruments}sleeves:\n${sleeves.join('')}`)
  return file
}

const sleeve = (id: string, strategy: string, rest = ''): string =>
  `  - {id: ${id}, weight: 0.4, strategy: ${strategy}, universe: [AAA], sizing: {kind: notional, amount: 100}${rest}}\n`

let files = 0

/** Loads a portfolio whose one sleeve runs the text of a file. */
async function load(text: string, ending: string, rest = '') {
  files += 1
  writeFileSync(join(folder, `own-${files}.${ending}`), text)
  return loadPortfolio(portfolio(`p${files}`, [sleeve('a', `./own-${files}.${ending}`, rest)]))
}

async function refusal(text: string, ending: string, rest = ''): Promise<string> {
  try {
    await load(text, ending, rest)
  } catch (cause) {
    const { text: said, exit } = failureOf(cause, false)
    expect(exit).toBe(2)
    return said.replaceAll(`${folder}/`, '').replace(/^error: \S+ strategy "\S+" cannot be loaded: /, '')
  }
  return 'nothing was refused'
}

describe("a user's own strategy", () => {
  it.each(['ts', 'js', 'mjs'])('is loaded from a .%s file anywhere', async (ending) => {
    const { strategies, config, unchecked } = await load(STRATEGY, ending, ', parameters: {period: 7}')
    expect([...strategies.keys()]).toEqual(['dips'])
    expect(config.sleeves[0]).toMatchObject({ strategy: 'dips', parameters: { period: 7 } })
    expect(unchecked).toEqual([])
  })
  it('is exported by name or by default, and once under both', async () => {
    const byDefault = `${STRATEGY.replace('export const dips =', 'export default')}`
    expect([...(await load(byDefault, 'js')).strategies.keys()]).toEqual(['dips'])
    expect([...(await load(`${STRATEGY}export default dips\n`, 'js')).strategies.keys()]).toEqual(['dips'])
  })
  it('is looked for beside the file that names it, and may import what lies beside itself', async () => {
    mkdirSync(join(folder, 'rules'))
    writeFileSync(join(folder, 'rules', 'period.ts'), 'export const PERIOD: number = 9\n')
    const text = STRATEGY.replace('integer(4', 'integer(PERIOD').replace(
      '\n',
      "\nimport { PERIOD } from './period.ts'\n",
    )
    writeFileSync(join(folder, 'rules', 'dips.ts'), text)
    const { config } = await loadPortfolio(portfolio('beside', [sleeve('a', './rules/dips.ts')]))
    expect(config.sleeves[0]).toMatchObject({ parameters: { period: 9 } })
  })
  it('runs in several sleeves', async () => {
    writeFileSync(join(folder, 'shared.js'), STRATEGY)
    const both = [sleeve('a', './shared.js'), sleeve('b', './shared.js', ', parameters: {period: 50}')]
    const { strategies, config } = await loadPortfolio(portfolio('both', both))
    expect([...strategies.keys()]).toEqual(['dips'])
    expect(config.sleeves.map(({ parameters }) => parameters)).toMatchObject([{ period: 4 }, { period: 50 }, {}])
  })
})

describe("a user's own strategy is refused with", () => {
  const inline = (fields: string): string => `export const own = { ${fields} }\n`
  const whole = "name: 'own', parameters: {}, indicators() {}, lookback() {}, start() {}, decide() {}"
  it.each<readonly [string, string, RegExp]>([
    ['a syntax error', 'const = 3\n', /^syntax error in own-\d+\.js:1(:7)?: /],
    [
      'a throw at import',
      "\n\nthrow new Error('no network')\n",
      /^importing it failed at own-\d+\.js:3:7: Error: no network$/,
    ],
    ['an import that leads nowhere', "import './nowhere.js'\n", /^importing it failed: Error: Cannot find module/],
    ['no export', 'const a = 1\n', /^it exports nothing; export one made by defineStrategy$/],
    [
      'no strategy',
      'export const a = 1\n',
      /^it exports a, none of them a strategy; export one made by defineStrategy$/,
    ],
    [
      'two strategies',
      `${STRATEGY}export const more = { ...dips }\n`,
      /^it exports 2 strategies \(dips, more\); export one of them$/,
    ],
    [
      'a name that is none',
      inline(whole.replace('own', 'My own')),
      /^its export "own" is no strategy: "name" must be lower-case words .*, was "My own"$/,
    ],
    [
      'a group that is no count',
      inline(`${whole}, group: 0`),
      /: "group" must be a count of instruments such as 2, or left out, was "0"$/,
    ],
    [
      'sizes that are neither its own nor the sleeve’s',
      inline(`${whole}, sizes: 'all'`),
      /: "sizes" must be "own", or left out where the sleeve's sizing is asked for, was "all"$/,
    ],
    ['no name', inline(whole.replace("name: 'own',", '')), /"name" must be lower-case .*, was missing$/],
    [
      'parameters that are no descriptors',
      inline(whole.replace('{}', '{ period: 3 }')),
      /: "parameters.period" must be a descriptor made by .*, was "3"$/,
    ],
    [
      'a default out of bounds',
      inline(whole.replace('{}', "{ period: { kind: 'real', min: 1, max: 2, default: 3 } }")),
      /: "parameters.period" has a default that must lie between 1 and 2, was "3"$/,
    ],
    [
      'a default out of bounds, by defineStrategy',
      STRATEGY.replace('integer(4', 'integer(1'),
      /^importing it failed at own-\d+\.js:2:\d+: AssertionError: default of "period" of "dips" must lie between 2 and 200, was "1"$/,
    ],
    ['no decision', inline(whole.replace('decide() {}', 'decide: 3')), /: "decide" must be a function, was "3"$/],
    [
      'a plain definition',
      inline("name: 'own', parameters: {}, decide() {}"),
      /: "indicators" must be a function, was missing; defineStrategy adds it$/,
    ],
    ['a check that is none', inline(`${whole}, check: true`), /: "check" must be a function or left out, was "true"$/],
    [
      'records of no kind',
      inline(`${whole}, reads: ['gossip']`),
      /: "reads" must list kinds of records \(earnings, .*\), was "\["gossip"\]"$/,
    ],
    [
      'the name of a built-in',
      STRATEGY.replace("'dips'", "'buy-and-hold'"),
      /^it is named "buy-and-hold" as a built-in one; give it a name of its own$/,
    ],
  ])('%s', async (_, text, said) => {
    expect(await refusal(text, 'js')).toMatch(said)
  })
  it.each<readonly [string, string, string, RegExp]>([
    ['parameters out of bounds', STRATEGY, 'period: 1', /parameters\.period: must be at least 2, was "1"$/],
    ['parameters it does not have', STRATEGY, 'perod: 5', /unknown key "perod"; did you mean "period"\?$/],
    [
      'parameters that its check refuses',
      STRATEGY.replace('indicators', "check: () => 'too quick',\n  indicators"),
      '',
      /parameters: too quick$/,
    ],
    [
      'indicators that throw',
      STRATEGY.replace('sma(parameters.period)', 'sma(0)'),
      '',
      /parameters: are not taken by "dips": sma needs .*"0"$/,
    ],
    [
      'indicators that are none',
      STRATEGY.replace('sma(parameters.period)', '20'),
      '',
      /parameters: indicators: "average" is no indicator; take one such as sma\(20\)$/,
    ],
    [
      'a lookback that is no count',
      STRATEGY.replace('indicators', 'lookback: () => 1.5,\n  indicators'),
      '',
      /parameters: lookback must return a whole number of bars, was "1\.5"$/,
    ],
    [
      'a first memory that is none',
      STRATEGY.replace('indicators', 'start: () => ({ at: new Date() }),\n  indicators'),
      '',
      /parameters: start: memory\.at is a Date; memory is plain data$/,
    ],
  ])('%s', async (_, text, parameters, said) => {
    expect(await refusal(text, 'js', `, parameters: {${parameters}}`)).toMatch(said)
  })
  it('types that do not fit, by line and column', async () => {
    const text = STRATEGY.replace("enter(1, 'dip')", "enter(2, 'dip')").replace('return undefined', 'return one.colour')
    expect((await refusal(text, 'ts')).split('\n')).toEqual([
      expect.stringMatching(/^error: own-\d+\.ts:7:57 the types of a strategy do not fit: Argument of type '2' is not/),
      expect.stringMatching(/^error: own-\d+\.ts:8:16 the types of a strategy do not fit: Property 'colour' does not/),
    ])
  })
  it('two names that are one', async () => {
    for (const name of ['one', 'two']) writeFileSync(join(folder, `${name}.js`), STRATEGY)
    const file = portfolio('clash', [sleeve('a', './one.js'), sleeve('b', './two.js')])
    await expect(loadPortfolio(file)).rejects.toThrow(/another strategy is already named "dips"; give this one a name/)
  })
  it('a folder, and what is no code', async () => {
    const said = async (name: string) => loadPortfolio(portfolio('odd', [sleeve('a', name)]))
    await expect(said('./rules')).rejects.toThrow(/rules" is a folder; name a file in it$/)
    await expect(said('./odd.yaml')).rejects.toThrow(/odd\.yaml" is no TypeScript or JavaScript; its name must end in/)
  })
})
