import { dirname, isAbsolute, join } from 'node:path'
import type { LifecycleStage } from '../../domain/allocation.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import { formatDate } from '../../domain/sessions.ts'
import { joinDocument, parseSource } from '../config/document.ts'
import { problemsOf } from '../config/problems.ts'
import { parametersOf, strategySource } from '../config/strategies.ts'
import { hint } from '../config/suggest.ts'
import { readText } from '../config/text-file.ts'
import { type Configuration, type ConfigurationStore, EMPTY_STORE } from '../configurations/schema.ts'
import { activeOnes, nextStage, promotionProblems, tradingOnes } from '../configurations/stages.ts'
import { keyOf, type ReadStore, readStore, storeText, updateStore } from '../configurations/store.ts'
import { today } from '../data/today.ts'
import { print, printJson } from '../output.ts'
import { percent, ratio } from '../report/numbers.ts'
import { textTable } from '../text-table.ts'

/** Which store a command works on: the file itself, or a portfolio that names one. */
interface StoreOption {
  readonly file: string
}

interface Shown extends StoreOption {
  readonly json?: boolean
}

interface Judged extends StoreOption {
  readonly force?: boolean
  readonly note?: string
}

/** The store that a portfolio file names, or the file itself. */
function storeFile({ file }: StoreOption): string {
  if (!/\.ya?ml$/i.test(file)) return file
  const source = parseSource(file, readText(file))
  const name = (source.value as { readonly configurations?: unknown } | null)?.configurations
  if (typeof name === 'string') return isAbsolute(name) ? name : join(dirname(file), name)
  const reason = 'names no store; add "configurations: FILE.json", or name the store itself'
  throw refused('--file', `"${file}" ${reason}`)
}

const refused = (option: string, reason: string): FaultError =>
  new FaultError(fault('OPTION_INVALID', { option, reason }))

/** One version by `id@version`, or the latest by `id`. */
function find(configurations: readonly Configuration[], name: string): Configuration {
  const exact = configurations.find((one) => keyOf(one) === name)
  const latest = configurations
    .filter(({ id }) => id === name)
    .reduce<Configuration | null>((best, one) => (best === null || one.version > best.version ? one : best), null)
  const found = exact ?? latest
  if (found !== null && found !== undefined) return found
  throw refused(
    `"${name}"`,
    `is no configuration of this store${hint(
      name,
      configurations.map(({ id }) => id),
    )}`,
  )
}

/** `polyfolio configs list`: those that trade in the order in which they do, then those that trade only on paper, then the rest. */
export function configsList(options: Shown): void {
  const { configurations } = readStore(storeFile(options)).store
  const active = activeOnes(configurations)
  const ordered = [...active, ...configurations.filter((one) => !one.is_active)]
  if (options.json === true) {
    printJson(ordered)
    return
  }
  const trading = new Set(tradingOnes(configurations))
  const rows = ordered.map((one) => [
    keyOf(one),
    one.strategy_name,
    one.pair,
    one.timeframe,
    one.lifecycle_stage,
    one.retired !== null ? 'retired' : !one.is_active ? 'no' : trading.has(one) ? 'trades' : 'shadow only',
    ratio(one.validation.sharpe_ratio),
    percent(one.performance.gross_win_rate),
    String(one.performance.trades),
  ])
  const header = ['configuration', 'strategy', 'pair', 'bars', 'stage', 'active', 'Sharpe', 'win rate', 'trades']
  print(rows.length === 0 ? 'The store holds no configuration.' : textTable(header, rows, [6, 7, 8]))
}

/** `polyfolio configs show`: everything that is recorded of one. */
export function configsShow(name: string, options: Shown): void {
  const one = find(readStore(storeFile(options)).store.configurations, name)
  if (options.json === true) {
    printJson(one)
    return
  }
  const { performance, validation, regime, history } = one
  const next = nextStage(one.lifecycle_stage)
  const missing = promotionProblems(one)
  const rest =
    next === null
      ? 'it is in the highest stage'
      : missing.length === 0
        ? `may become ${next}`
        : `not yet ${next}: ${missing.join('; ')}`
  const lines = [
    `${keyOf(one)}  ${one.title ?? ''}`.trim(),
    `  ${one.strategy_name} on ${one.pair}${one.exchange === '' ? '' : ` (${one.exchange})`}, bars of ${one.timeframe}`,
    `  ${one.lifecycle_stage}, ${one.retired !== null ? `retired on ${one.retired}` : one.is_active ? 'active' : 'not active'}; ${rest}`,
    `  parameters: ${JSON.stringify(one.parameters)}`,
    `  performance: ${performance.trades} round trips, win rate ${percent(performance.gross_win_rate)}`,
    `  validation: Sharpe ${ratio(validation.sharpe_ratio)}, ${validation.trades} round trips, ${validation.days} days on paper or live`,
    `  regimes: ${regime === null ? 'any' : regime.allowed.join(', ')}`,
    ...history.map(
      ({ date, from, to, forced, note }) =>
        `  ${date}  ${from} to ${to}${forced ? ', forced' : ''}${note === '' ? '' : `: ${note}`}`,
    ),
  ]
  print(lines.join('\n'))
}

/** Changes one configuration of the store and says what became of it. */
function change(
  name: string,
  options: StoreOption,
  next: (one: Configuration, all: readonly Configuration[]) => Configuration,
): void {
  const file = storeFile(options)
  readStore(file)
  const after = updateStore(file, (store) => {
    const one = find(store.configurations, name)
    const changed = next(one, store.configurations)
    const configurations = store.configurations.map((other) => (other === one ? changed : other))
    return { store: changed === one ? store : { ...store, configurations }, result: changed }
  })
  print(
    `${keyOf(after)}: ${after.lifecycle_stage}, ${after.retired !== null ? 'retired' : after.is_active ? 'active' : 'not active'}`,
  )
}

/** `polyfolio configs activate`: from the next run on it is a sleeve of the portfolio. */
export function configsActivate(name: string, options: StoreOption): void {
  change(name, options, (one, all) => {
    if (one.is_active) return one
    if (one.retired !== null) throw refused(`"${keyOf(one)}"`, `is retired since ${one.retired}; import a new version`)
    const other = all.find(({ id, is_active }) => id === one.id && is_active)
    if (other !== undefined)
      throw refused(`"${keyOf(one)}"`, `cannot be active beside "${keyOf(other)}"; deactivate that one first`)
    return { ...one, is_active: true }
  })
}

/** `polyfolio configs deactivate`. */
export function configsDeactivate(name: string, options: StoreOption): void {
  change(name, options, (one) => (one.is_active ? { ...one, is_active: false } : one))
}

/** `polyfolio configs promote`: one stage up, where its validation allows it, or where an operator overrules that. */
export function configsPromote(name: string, options: Judged): void {
  change(name, options, (one) => {
    const to = nextStage(one.lifecycle_stage)
    const key = `"${keyOf(one)}"`
    if (one.retired !== null) throw refused(key, `is retired since ${one.retired}; import a new version`)
    if (to === null) throw refused(key, `is ${one.lifecycle_stage}: there is no stage above`)
    const missing = promotionProblems(one)
    if (missing.length > 0 && options.force !== true)
      throw refused(key, `is not yet ${to}: ${missing.join('; ')}; overrule that with --force and a --note`)
    requireNote(missing.length > 0, options)
    return entered(one, to, missing.length > 0, options.note ?? '')
  })
}

function requireNote(isForced: boolean, { note }: Judged): void {
  if (isForced && (note ?? '').trim() === '') throw refused('--force', 'needs a reason; give one by --note "..."')
}

function entered(one: Configuration, to: LifecycleStage, forced: boolean, note: string): Configuration {
  const date = formatDate(today())
  return {
    ...one,
    lifecycle_stage: to,
    history: [...one.history, { date, from: one.lifecycle_stage, to, forced, note }],
  }
}

/** `polyfolio configs retire`: it never trades again; its record stays. */
export function configsRetire(name: string, options: Judged): void {
  change(name, options, (one) => {
    if (one.retired !== null) return one
    const away = one.lifecycle_stage === 'PAPER' ? one : entered(one, 'PAPER', false, options.note ?? 'retired')
    return { ...away, is_active: false, retired: formatDate(today()) }
  })
}

/** `polyfolio configs export`: one version as a document of its own, which `import` reads. */
export function configsExport(name: string, options: StoreOption): void {
  const one = find(readStore(storeFile(options)).store.configurations, name)
  print(storeText({ ...EMPTY_STORE, configurations: [one] }))
}

/**
 * `polyfolio configs import`: every configuration of a file. A parameter set that is there already gets the newer records,
 * another one becomes another version; neither changes what an existing version does.
 */
export async function configsImport(from: string, options: StoreOption): Promise<void> {
  const given = readStore(from)
  await checkStrategies(given)
  const said = updateStore(storeFile(options), (before) => {
    const lines: string[] = []
    const store = given.store.configurations.reduce((all, one) => taken(all, one, lines), before)
    return { store, result: lines }
  })
  print(said.length === 0 ? 'The file holds no configuration.' : said.join('\n'))
}

/** Strategies and their parameters as a portfolio would be told of them. */
async function checkStrategies({ source, store }: ReadStore): Promise<void> {
  const document = joinDocument(source, source.value, [])
  const problems = problemsOf(document)
  const { load } = strategySource(document, problems)
  for (const [index, { strategy_name: name, parameters }] of store.configurations.entries()) {
    const base = ['configurations', index]
    const loaded = await load(name, [...base, 'strategy_name'], null)
    if (loaded === null) continue
    const { strategy } = loaded
    const values = parametersOf(strategy, parameters, { document, problems, base: [...base, 'parameters'] })
    const wrong = values === null ? null : (strategy.check?.(values) ?? null)
    if (wrong !== null) problems.at([...base, 'parameters'], wrong)
  }
  problems.done()
}

function taken(store: ConfigurationStore, one: Configuration, said: string[]): ConfigurationStore {
  const { configurations } = store
  const versions = configurations.filter(({ id }) => id === one.id)
  const same = versions.find((other) => identityOf(other) === identityOf(one))
  if (same !== undefined) {
    const newer = { ...same, performance: one.performance, validation: one.validation }
    const isChanged = JSON.stringify(newer) !== JSON.stringify(same)
    said.push(`${keyOf(same)}: ${isChanged ? 'records taken' : 'nothing new'}`)
    if (!isChanged) return store
    return { ...store, configurations: configurations.map((other) => (other === same ? newer : other)) }
  }
  const highest = versions.reduce((most, { version }) => Math.max(most, version), 0)
  const version = highest < one.version ? one.version : highest + 1
  const isFree = !versions.some(({ is_active }) => is_active)
  const added = { ...one, version, is_active: one.is_active && isFree }
  const why = one.is_active && !isFree ? ', not active: another version is' : ''
  said.push(`${keyOf(added)}: added${why}`)
  return { ...store, configurations: [...configurations, added] }
}

/** What a version is, whatever it has shown. */
function identityOf({ strategy_name, pair, exchange, timeframe, parameters, regime }: Configuration): string {
  const sorted = Object.entries(parameters).sort(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify([strategy_name, pair, exchange, timeframe, sorted, regime])
}
