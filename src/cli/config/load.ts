import type { PortfolioConfig } from '../../domain/config.ts'
import { isBookCurrency } from '../../domain/currencies.ts'
import { EXTERNAL } from '../../domain/external.ts'
import type { Strategy } from '../../domain/strategy.ts'
import { instrumentId, type SleeveId, sleeveId } from '../../domain/units.ts'
import { returnStream } from '../../pipeline/strategies/return-stream/return-stream.ts'
import { notEvaluated } from '../../pipeline/universe/membership.ts'
import { BUDGET } from '../isolation/protocol.ts'
import { codeOfBuiltIn } from '../strategies/code.ts'
import { firstAnswersProblem } from '../strategies/first-answers.ts'
import { alertsOf } from './alerts.ts'
import { buildConfig } from './build.ts'
import { unusedAllocation } from './capital.ts'
import type { CheckedSleeve } from './checked-sleeve.ts'
import { checkCurrencies, neededPairs } from './currencies.ts'
import type { ConfigDocument, Path, Place } from './document.ts'
import { checkEvents, eventFeedsOf, notesOnEvents, readersOf, spotsOf } from './events.ts'
import { syntheticFutures, underlyingsOf } from './futures.ts'
import { readDocument } from './includes.ts'
import { currencyAdvice, declareInstruments } from './instruments.ts'
import { nativeLayout } from './layout.ts'
import type { LoadedPortfolio } from './loaded.ts'
import { unusedKeys } from './money-moves.ts'
import { policyInstruments } from './policy.ts'
import { checked, type Problems, problemsOf } from './problems.ts'
import { namesOf, substituteOf } from './routing.ts'
import { runningOf, unusedRunning } from './running.ts'
import { portfolioSchema, type RawPortfolio } from './schema/portfolio.ts'
import { type RawSleeve, sleeveSchema } from './schema/sleeve.ts'
import { type Isolation, parametersOf, type StrategyLoader, strategySource } from './strategies.ts'
import { checkStreams, declareStreams, streamName } from './streams.ts'
import { hint } from './suggest.ts'
import { followHistories } from './universe-history.ts'
import { checkWatches, notesOnWatches, timeframesOf, watchesOf } from './watches.ts'

/**
 * Reads and checks a portfolio file with everything it names but the market's data.
 * @throws ConfigRefused with all that is wrong, each with file, line and column
 * @throws FaultError for a file that cannot be read as YAML at all
 */
export async function loadPortfolio(file: string): Promise<LoadedPortfolio> {
  const written = readDocument(file)
  const secrets = problemsOf(written)
  refuseSecrets(written.value, [], secrets)
  secrets.done()
  const { document, notes } = nativeLayout(written)
  const problems = problemsOf(document)
  const raw = checked(portfolioSchema, document.value, { document, problems, base: [] })
  const checkedSleeves = sleevesOf(document, problems)
  if (raw === null || checkedSleeves === null) {
    problems.done()
    throw new Error('a refused configuration names what is wrong')
  }
  const followed = await followHistories(checkedSleeves, { document, problems, raw })
  const { sleeves: rawSleeves, histories } = followed
  if (!isBookCurrency(raw.currency)) problems.at(['currency'], currencyAdvice(raw.currency))
  const used = usedInstruments(raw, rawSleeves)
  checkWatches(rawSleeves, raw.instruments, problems)
  const bars = { timeframes: timeframesOf(rawSleeves), watches: watchesOf(rawSleeves, document) }
  const declared = declareInstruments(document, problems, { ...raw, used, ...bars })
  checkStreams(rawSleeves, Object.keys(raw.instruments), problems)
  const streams = declareStreams(rawSleeves, { document, currency: raw.currency, first: declared.length })
  const instruments = [...declared, ...streams]
  checkReferences({ document, problems, raw, sleeves: rawSleeves })
  checkEvents(raw, problems)
  const source = strategySource(document, problems)
  const { sleeves, strategies, codes } = await withStrategies(rawSleeves, source.load, { document, problems })
  const readers = readersOf(sleeves, strategies)
  const config = buildConfig(document, problems, { raw, sleeves, instruments, histories })
  const alerts = alertsOf(
    raw.alerts,
    rawSleeves.map(({ id }) => id),
    problems,
  )
  problems.done()
  return {
    file,
    config,
    instruments,
    strategies,
    codes,
    options: raw.options ?? null,
    screen: raw.screen ?? null,
    events: eventFeedsOf(raw, instruments, readers),
    running: runningOf(raw, config),
    alerts,
    snapshots: raw.snapshots,
    benchmark: raw.benchmark === null ? null : instrumentId(raw.benchmark),
    unused: [
      ...unusedKeys(document.value),
      ...unusedRunning(document.value),
      ...unusedAllocation(document.value, rawSleeves),
    ],
    notes: [
      ...notes,
      ...notesOnEvents(raw, readers),
      ...followed.notes,
      ...notesOf(raw, rawSleeves, config),
      ...notesOnWatches(instruments),
    ],
    unchecked: source.unchecked,
    sleevePlaces: placesOf(document, rawSleeves),
    placeOf: (path) => document.placeOf(path),
  }
}

function placesOf(document: ConfigDocument, sleeves: readonly RawSleeve[]): ReadonlyMap<SleeveId, Place> {
  return new Map(sleeves.map((sleeve, index) => [sleeveId(sleeve.id), document.placeOf(['sleeves', index, 'id'])]))
}

const SECRET = /(^|_)(secret|token|password|passphrase|api_?key|key_id|webhook_url|sid)$/i

/** The name of a variable of the environment, or a place that is still to be filled in: "https://hooks.example/...". */
const NOT_SECRET = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$|\.\.\.$/

/** A secret in a file is a secret in a backup, a mail and a repository: only `${NAME}` is taken. */
function refuseSecrets(value: unknown, path: Path, problems: Problems): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    const step = Array.isArray(value) ? Number(key) : key
    const plain = typeof inner === 'string' && inner !== '' && !NOT_SECRET.test(inner)
    if (plain && SECRET.test(key)) {
      const name = key.toUpperCase()
      problems.at([...path, step], `holds a secret in plain text; write \${${name}} and set ${name} in the environment`)
    } else refuseSecrets(inner, [...path, step], problems)
  }
}

function sleevesOf(document: ConfigDocument, problems: Problems): readonly RawSleeve[] | null {
  const list = (document.value as Record<string, unknown>)['sleeves']
  if (!Array.isArray(list)) return null
  const sleeves = list.map((entry: unknown, index) =>
    checked(sleeveSchema, entry, { document, problems, base: ['sleeves', index] }),
  )
  return sleeves.every((sleeve) => sleeve !== null) ? sleeves : null
}

function usedInstruments(raw: RawPortfolio, sleeves: readonly RawSleeve[]): ReadonlySet<string> {
  const used = new Set(sleeves.flatMap(namesOf))
  if (raw.benchmark !== null) used.add(raw.benchmark)
  for (const benchmark of policyInstruments(raw.policy)) used.add(benchmark)
  for (const underlying of Object.keys(raw.options?.underlyings ?? {})) used.add(underlying)
  for (const spot of spotsOf(raw)) used.add(spot)
  for (const pair of neededPairs(raw, used, sleeves)) used.add(pair)
  for (const underlying of underlyingsOf(raw, used)) used.add(underlying)
  return used
}

interface Parts {
  readonly document: ConfigDocument
  readonly problems: Problems
  readonly raw: RawPortfolio
  readonly sleeves: readonly RawSleeve[]
}

/** Names must lead somewhere: universes, benchmark and underlyings to instruments; ids are given once. */
function checkReferences({ document, problems, raw, sleeves }: Parts): void {
  const known = Object.keys(raw.instruments)
  const demand = (id: string, path: Path): void => {
    if (!known.includes(id)) problems.at(path, `instrument "${id}" is not declared${hint(id, known)}`)
  }
  const seen = new Map<string, Place>()
  sleeves.forEach((sleeve, index) => {
    const place = document.placeOf(['sleeves', index, 'id'])
    const before = seen.get(sleeve.id)
    if (before !== undefined) {
      problems.at(
        ['sleeves', index, 'id'],
        `"${sleeve.id}" is taken by the sleeve at ${before.file}:${before.line}; give this one a name of its own`,
      )
    }
    if (sleeve.id === EXTERNAL) {
      const reason = 'is the sleeve of what an account holds that nobody here asked for; give this one another name'
      problems.at(['sleeves', index, 'id'], `"${EXTERNAL}" ${reason}`)
    }
    seen.set(sleeve.id, place)
    sleeve.universe.forEach((id, position) => {
      demand(id, ['sleeves', index, 'universe', position])
    })
    substituteOf(sleeve)?.universe.forEach((id, position) => {
      const key = sleeve.universe_below === undefined ? ['universe_below_25000'] : ['universe_below', 'universe']
      demand(id, ['sleeves', index, ...key, position])
    })
    // What is wrong with a history is said where it is named.
    const isListed = sleeve.universe.length > 0 || sleeve.universe_history !== undefined
    if (sleeve.kind === 'trading' && sleeve.strategy !== null && !isListed) {
      problems.at(['sleeves', index, 'universe'], 'is missing; list the instruments that the strategy trades')
    }
  })
  if (raw.benchmark !== null) demand(raw.benchmark, ['benchmark'])
  for (const [id, { volatility }] of Object.entries(raw.options?.underlyings ?? {})) {
    const path = ['options', 'underlyings', id]
    demand(id, path)
    if (volatility.from !== 'ratio') continue
    const other = raw.options?.underlyings[volatility.to]
    const reason = `must name an underlying whose volatility comes from an index, was "${volatility.to}"`
    if (other === undefined || other.volatility.from !== 'index') problems.at([...path, 'volatility', 'to'], reason)
  }
  checkCurrencies(raw, sleeves, problems)
}

/** A recorded stream holds the index with all that its sleeve may use. */
const ALL_OF_IT = { kind: 'percent', fraction: 1, of: 'sleeve' } as const

async function withStrategies(
  raws: readonly RawSleeve[],
  load: StrategyLoader,
  context: { readonly document: ConfigDocument; readonly problems: Problems },
): Promise<{ readonly sleeves: readonly CheckedSleeve[] } & Pick<LoadedPortfolio, 'strategies' | 'codes'>> {
  const sleeves: CheckedSleeve[] = []
  const strategies = new Map<string, Strategy>()
  const codes: Record<string, string> = {}
  for (const [position, raw] of raws.entries()) {
    const base: Path = ['sleeves', position]
    if (raw.kind === 'return_stream') {
      const held = { ...raw, universe: [streamName(raw.id)], sizing: ALL_OF_IT }
      strategies.set(returnStream.name, returnStream)
      codes[returnStream.name] = codeOfBuiltIn(returnStream)
      sleeves.push({ raw: held, strategy: returnStream.name, parameters: {}, position })
      continue
    }
    if (raw.strategy === null) {
      if (raw.isolation !== 'none') {
        context.problems.at([...base, 'isolation'], 'belongs to a strategy; name one under "strategy:" or remove it')
      }
      if (Object.keys(raw.parameters).length > 0) {
        context.problems.at([...base, 'parameters'], 'belong to a strategy; name one under "strategy:" or remove them')
      }
      sleeves.push({ raw, strategy: null, parameters: {}, position })
      continue
    }
    if (raw.isolation === 'none' && raw.budget !== undefined) {
      context.problems.at([...base, 'budget'], 'is that of an isolated strategy; add "isolation: worker" or remove it')
    }
    const loaded = await load(raw.strategy, [...base, 'strategy'], isolationOf(raw))
    if (loaded === null) continue
    const { strategy, name, code } = loaded
    const count = raw.universe.length
    if (count % (strategy.group ?? 1) !== 0) {
      const reason = `lists ${count}, but ${name} takes instruments ${strategy.group} by ${strategy.group}, in this order; add or remove one`
      context.problems.at([...base, 'universe'], reason)
    }
    const parameters = parametersOf(strategy, raw.parameters, { ...context, base: [...base, 'parameters'] })
    const wrong = parameters === null ? null : firstAnswersProblem(strategy, parameters)
    if (wrong !== null) context.problems.at([...base, 'parameters'], wrong)
    const taken = strategies.get(strategy.name)
    if (taken !== undefined && taken !== strategy) {
      const reason = `another strategy is already named "${strategy.name}"; give this one a name of its own`
      context.problems.at([...base, 'strategy'], reason)
    }
    strategies.set(strategy.name, strategy)
    codes[strategy.name] = code
    const apart = strategy.name === name ? {} : { isolatedAs: strategy.name }
    const sizes = strategy.sizes === undefined ? {} : { sizes: strategy.sizes }
    sleeves.push({ raw, strategy: name, ...apart, ...sizes, parameters: parameters ?? {}, position })
  }
  return { sleeves, strategies, codes }
}

/** How a sleeve's strategy is kept apart; null: it decides in the kernel's own thread. */
function isolationOf({ id, isolation, budget }: RawSleeve): Isolation | null {
  return isolation === 'none' ? null : { sleeve: id, budget: budget ?? BUDGET }
}

function notesOf(raw: RawPortfolio, sleeves: readonly RawSleeve[], config: PortfolioConfig): readonly string[] {
  const notes: string[] = []
  for (const [from, to] of Object.entries(raw.parity)) {
    notes.push(`${from} is taken as equal to ${to}, as the configuration states`)
  }
  for (const sleeve of sleeves) {
    const built = config.sleeves.find(({ id }) => id === sleeve.id)
    if (built?.sizing.kind === 'own' && sleeve.sizing !== undefined)
      notes.push(
        `${sleeve.id}: "sizing" is not read, because ${built.strategy} divides the capital itself; leave it out`,
      )
    const rules = built?.universeRules
    // With snapshots it depends on their days, which only the files say.
    const missing = rules === undefined || raw.snapshots.length > 0 ? [] : notEvaluated(rules, null, null)
    if (missing.length > 0) notes.push(`${sleeve.id}: not evaluated for lack of dated data: ${missing.join(', ')}`)
    if (sleeve.notes !== undefined) notes.push(`${sleeve.id}: ${sleeve.notes.trim()}`)
  }
  if (raw.notes !== undefined) notes.push(raw.notes.trim())
  notes.push(...syntheticFutures(raw, sleeves))
  return notes
}
