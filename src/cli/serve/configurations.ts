/** What portfolios are run with, what a draft would change, and the way of a draft to the engine. */
import { readFileSync } from 'node:fs'
import type { ProblemDetail } from '../../api/contract/answers.ts'
import type {
  ConfigurationCheck,
  ConfigurationSave,
  ConfigurationVersion,
  ConfigurationView,
  StrategyForm,
} from '../../api/contract/configuration.ts'
import type { CheckedDraft, Configurations, SavedConfiguration } from '../../api/ports.ts'
import { REBALANCING_METHODS } from '../../domain/capital.ts'
import type { PortfolioConfig } from '../../domain/config.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import type { ProjectedRows } from '../../domain/projections.ts'
import type { Projections } from '../../domain/store.ts'
import type { CurrencyCode } from '../../domain/units.ts'
import { VIOLATION_KINDS } from '../../domain/violations.ts'
import { refusals, refusalText } from '../../engine/reconfigure/refusals.ts'
import { reactionTo } from '../../pipeline/risk/reactions.ts'
import { readDocument } from '../config/includes.ts'
import { portfolioJsonSchema } from '../config/json-schema.ts'
import type { LoadedPortfolio } from '../config/loaded.ts'
import { builtInViews, type ParameterView } from '../strategies/views.ts'
import { changesBetween } from './configuration-changes.ts'
import { readDraft } from './configuration-draft.ts'
import {
  fingerprintOf,
  keepVersion,
  keptFile,
  keptText,
  replaceFile,
  type SavedVersion,
  unwritable,
  versionsOf,
} from './configuration-files.ts'
import type { EngineWord } from './configure-engine.ts'

type Row = ProjectedRows['configuration']

const NO_FILE = 'This process was not started with the file of this portfolio: change it where its engine is started.'

export interface ConfigurationsOf {
  readonly projections: Projections
  /** By portfolio, of those that this process was started with. */
  readonly files: ReadonlyMap<string, string>
  /** Asks the engine of a portfolio to take up its file as it stands. */
  configure(
    portfolio: string,
    asked: { readonly id: string; readonly file: string; readonly actor: string },
  ): Promise<EngineWord>
  /** Told of every file that an engine has taken up. */
  onSaved?(portfolio: string, loaded: LoadedPortfolio): void
  /** Milliseconds since 1970. */
  now(): number
}

export function openConfigurations(of: ConfigurationsOf): Configurations {
  const { projections, files } = of
  /** One save after the other: of two at once the second one sees what the first one did. */
  let saving: Promise<unknown> = Promise.resolve()

  async function rowsOf(portfolio: string): Promise<readonly Row[]> {
    const rows: Row[] = []
    for await (const row of projections.projectedRows(portfolio, 'configuration')) rows.push(row as unknown as Row)
    return rows
  }

  async function view(portfolio: string): Promise<ConfigurationView> {
    const rows = await rowsOf(portfolio)
    const last = rows.at(-1)
    const config = last === undefined ? null : (JSON.parse(last.document) as PortfolioConfig)
    const file = files.get(portfolio)
    const text = file === undefined ? null : readFileSync(file, 'utf8')
    const currency = last?.currency ?? 'USD'
    return {
      portfolio,
      currency,
      capital: ((last?.capital ?? 0) / countsPerUnit(currency as CurrencyCode)).toFixed(2),
      version: last?.seq ?? -1,
      at: new Date(last?.at ?? 0).toISOString(),
      document: file === undefined ? config : readDocument(file).value,
      text,
      fingerprint: text === null ? '' : fingerprintOf(text),
      readOnlyWhy: file === undefined ? NO_FILE : unwritable(file),
      history: historyOf(rows, file),
      strategies: builtInViews().map(({ name, summary, parameters }) => formOf(name, summary, parameters)),
      rebalancing: { text: rebalancingText(config), methods: REBALANCING_METHODS },
    }
  }

  async function check(
    portfolio: string,
    text: string,
  ): Promise<CheckedDraft & { readonly loaded: LoadedPortfolio | null }> {
    const file = files.get(portfolio)
    const present = file === undefined ? '' : readFileSync(file, 'utf8')
    const { problems, document, loaded } = await readDraft(text, file, present)
    const before = file === undefined ? null : readDocument(file).value
    const fixed = loaded === null ? [] : await fixedOf(portfolio, loaded.config)
    const warnings = [...(loaded?.unused ?? []), ...(loaded?.unchecked ?? [])]
    return {
      check: {
        valid: problems.length + fixed.length === 0,
        problems: [...problems, ...fixed],
        warnings: warnings.map((said) => ({ at: said.split(/[:\s]/)[0] ?? '', text: said })),
        changes: document === null ? [] : changesBetween(before, document),
      },
      config: fixed.length === 0 ? (loaded?.config ?? null) : null,
      reactions: loaded === null ? {} : reactionsOf(loaded.config),
      loaded: fixed.length === 0 ? loaded : null,
    }
  }

  /** What the engine would refuse to change while the portfolio runs. */
  async function fixedOf(portfolio: string, config: PortfolioConfig): Promise<readonly ProblemDetail[]> {
    const last = (await rowsOf(portfolio)).at(-1)
    if (last === undefined) return []
    const inForce = JSON.parse(last.document) as PortfolioConfig
    return refusals(inForce, config).map((refusal) => ({ at: refusal.path, text: refusalText(refusal) }))
  }

  async function save(portfolio: string, asked: ConfigurationSave, actor: string): Promise<SavedConfiguration> {
    const { id, text, seen, fingerprint, confirm } = asked
    const file = files.get(portfolio)
    const why = file === undefined ? NO_FILE : unwritable(file)
    if (file === undefined || why !== '') return refused([{ at: 'body', text: why }])
    const now = await view(portfolio)
    // Whoever sends it again after no answer came finds the file as it wrote it.
    const isAgain = now.fingerprint === fingerprintOf(text)
    if (!isAgain && (seen !== now.version || (fingerprint ?? now.fingerprint) !== now.fingerprint)) {
      return { state: 'stale', view: now }
    }
    const checked = await check(portfolio, text)
    if (checked.loaded === null) return { state: 'refused', check: checked.check }
    const unconfirmed = unconfirmedOf(checked.check, confirm)
    if (unconfirmed.length > 0) return refused(unconfirmed, checked.check)
    const present = isAgain ? before(file, now) : now.text!
    keepPresent(file, present, now)
    replaceFile(file, text)
    const word = await of.configure(portfolio, { id, file: fingerprintOf(text), actor })
    if (word.kind === 'reused' || word.kind === 'unanswered') {
      if (word.kind === 'reused') replaceFile(file, present)
      return { state: word.kind }
    }
    if (word.kind === 'declined') {
      replaceFile(file, present)
      return refused(declinedBy(word.answer), checked.check)
    }
    const after = await view(portfolio)
    keepVersion(file, text, {
      seq: after.version,
      fingerprint: fingerprintOf(text),
      by: actor,
      savedAt: new Date(of.now()).toISOString(),
    })
    of.onSaved?.(portfolio, checked.loaded)
    return { state: 'saved', view: await view(portfolio) }
  }

  return {
    view,
    schema: portfolioJsonSchema,
    check: async (portfolio, { text }) => {
      const { check: found, config, reactions } = await check(portfolio, text)
      return { check: found, config, reactions }
    },
    async textOf(portfolio, seq) {
      const file = files.get(portfolio)
      const version = file === undefined ? undefined : versionsOf(file).get(seq)
      const text = file === undefined || version === undefined ? null : keptText(file, version)
      return text === null ? null : { seq, text }
    },
    save(portfolio, asked, actor) {
      const next = saving.then(() => save(portfolio, asked, actor))
      saving = next.catch(() => {})
      return next
    },
  }
}

/** The text that an engine was started with is kept before another one takes its place. */
function keepPresent(file: string, present: string, { version, fingerprint }: ConfigurationView): void {
  if (versionsOf(file).has(version)) return
  keepVersion(file, present, { seq: version, fingerprint, by: '', savedAt: null })
}

/** What stood there before a save whose answer nobody heard. */
function before(file: string, { version, text }: ConfigurationView): string {
  const kept = versionsOf(file).get(version)
  return (kept === undefined ? null : keptText(file, kept)) ?? text!
}

/** A sleeve is taken away by its name, and one at a time. */
function unconfirmedOf({ changes }: ConfigurationCheck, confirm: string | undefined): readonly ProblemDetail[] {
  const gone = changes.filter(({ path, after }) => /^sleeves\.[^.]+$/.test(path) && after === null)
  return gone.flatMap(({ path }) => {
    const name = path.slice('sleeves.'.length)
    if (gone.length > 1) return [{ at: path, text: `Take ${name} away by itself: one sleeve at a time.` }]
    return confirm === name ? [] : [{ at: path, text: `Type "${name}" to take it away.` }]
  })
}

function refused(problems: readonly ProblemDetail[], check?: ConfigurationCheck): SavedConfiguration {
  return { state: 'refused', check: { warnings: [], changes: [], ...check, valid: false, problems } }
}

/** `sleeves.trend.weight: 0.5 -> 0.9: why`, a line for each key, as the engine says it. */
function declinedBy(answer: string): readonly ProblemDetail[] {
  const lines = answer.split('\n').filter((line) => line.trim() !== '')
  return lines.map((line) => {
    const key = /^([\w.[\]-]+): /.exec(line)?.[1]
    return { at: key ?? 'engine', text: line }
  })
}

function historyOf(rows: readonly Row[], file: string | undefined): readonly ConfigurationVersion[] {
  const versions: ReadonlyMap<number, SavedVersion> = file === undefined ? new Map() : versionsOf(file)
  const all = rows.map((row, index): ConfigurationVersion => {
    const before = rows[index - 1]
    const saved = versions.get(row.seq)
    return {
      seq: row.seq,
      at: new Date(row.at).toISOString(),
      by: saved?.by ?? '',
      savedAt: saved?.savedAt ?? null,
      isKept: saved !== undefined,
      changes: before === undefined ? [] : changesOf(before, row, file, versions),
    }
  })
  return all.reverse()
}

/** As the file's keys say it where both files are kept, else as the engine was given it. */
function changesOf(
  before: Row,
  row: Row,
  file: string | undefined,
  versions: ReadonlyMap<number, SavedVersion>,
): ConfigurationVersion['changes'] {
  const [older, newer] = [before, row].map(({ seq }) => keptDocument(file, versions.get(seq)))
  return older === null || newer === null
    ? changesBetween(JSON.parse(before.document), JSON.parse(row.document))
    : changesBetween(older, newer)
}

function keptDocument(file: string | undefined, version: SavedVersion | undefined): unknown {
  const kept = file === undefined || version === undefined ? null : keptFile(file, version)
  try {
    return kept === null ? null : readDocument(kept).value
  } catch {
    // It names a file that is not there any more.
    return null
  }
}

function reactionsOf({ violations }: PortfolioConfig): CheckedDraft['reactions'] {
  if (violations === undefined) return {}
  return Object.fromEntries(VIOLATION_KINDS.map((kind) => [kind, reactionTo(kind, violations)]))
}

function formOf(strategy: string, summary: string | null, parameters: readonly ParameterView[]): StrategyForm {
  return {
    strategy,
    title: strategy,
    description: summary ?? '',
    parameters: parameters.map(({ name, kind, title, default: standard, min, max, options }) => ({
      name,
      title: title ?? name,
      kind: KINDS[kind],
      default: standard,
      least: min,
      most: max,
      choices: options ?? [],
      unit: '',
      description: kind === 'optional' ? 'May be left out: the rule then does not apply.' : '',
    })),
  }
}

const KINDS = { integer: 'integer', real: 'number', choice: 'choice', flag: 'boolean', optional: 'number' } as const

function rebalancingText(config: PortfolioConfig | null): string {
  const rule = config?.capitalPlan?.rebalancing
  if (rule === undefined || rule.triggers.length === 0) return 'Capital is dealt once and not moved by a rule.'
  return `${rule.triggers.join(', ')}; by ${rule.by}; drift of at most ${(rule.threshold * 100).toFixed(1)} points`
}
