import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { StressView } from '../../api/contract/stress.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import { parseDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import { SLEEVE_LOSS, STRESS_SCENARIOS, type StressScenario } from '../../research/stress/scenarios.ts'
import { loadPortfolio } from '../config/load.ts'
import { print, printJson, progressBar, writePage } from '../output.ts'
import { requireFolder } from '../paths.ts'
import { count, longDate, money, percent } from '../report/numbers.ts'
import { type MarketSource, pastOf, type RunReach, reachOf } from '../run.ts'
import { stressPage, violationsText } from '../stress/page.ts'
import { runOf, stressOf } from '../stress/play.ts'
import { textTable } from '../text-table.ts'

interface StressOptions extends RunReach {
  readonly data?: string
  readonly seed: number
  readonly scenarios?: string
  readonly html?: string
  readonly json?: boolean
}

/** `polyfolio stress`: today's book put through what may happen, by the engine itself. */
export async function stress(config: string, options: StressOptions): Promise<void> {
  if (options.data !== undefined) requireFolder(options.data)
  const source: MarketSource = options.data === undefined ? { seed: options.seed } : { data: options.data }
  const loaded = await loadPortfolio(config)
  const traded = loaded.config.sleeves.filter(({ strategy }) => strategy !== null)
  const scenarios =
    options.scenarios === undefined
      ? [
          ...STRESS_SCENARIOS,
          ...traded.map(
            ({ id, title }): StressScenario => ({
              kind: 'sleeve',
              name: `${title} loses ${percent(SLEEVE_LOSS)}`,
              sleeve: id,
              loss: SLEEVE_LOSS,
            }),
          ),
        ]
      : await scenariosOf(
          options.scenarios,
          traded.map(({ id }) => String(id)),
        )
  const reach = reachOf(source, options)
  const bar = progressBar()
  const past = await pastOf(loaded, source, reach, bar)
  const result = runOf(loaded, past, reach)
  const today = result.days.at(-1)
  if (today === undefined) {
    const reason = 'gives a run without a day, so there is no book to put under stress; run a longer period'
    throw new FaultError(fault('OPTION_INVALID', { option: config, reason }))
  }
  const stressed = { loaded, past, reach, result, today: today as TradeDate }
  const view = stressOf(stressed, scenarios, (done, name) => bar.at(done, name))
  bar.done()
  if (options.html !== undefined) await writePage(options.html, stressPage(view))
  if (options.json === true) printJson(view)
  else print(textOf(view, options.html))
}

const fall = z.number().gt(-1)
const date = z.string().transform((text, context) => {
  const parsed = parseDate(text)
  if (parsed === null) context.addIssue(`must be a day as YYYY-MM-DD, was "${text}"`)
  return Number(parsed)
})
const name = z.string().min(1)
const scenarioSchema = z.union([
  z.strictObject({ name, move: fall }).transform((one) => ({ kind: 'move' as const, ...one })),
  z.strictObject({ name, gap: z.number().gt(0).lt(1) }).transform(({ gap, ...one }) => ({
    kind: 'gap' as const,
    ...one,
    move: gap,
  })),
  z
    .strictObject({ name, window: z.strictObject({ from: date, to: date }) })
    .transform(({ window, ...one }) => ({ kind: 'window' as const, ...one, ...window })),
  z
    .strictObject({ name, volatility: z.number().gt(0), bars: z.int().gte(2).default(20) })
    .transform(({ volatility, ...one }) => ({ kind: 'volatility' as const, ...one, factor: volatility })),
  z
    .strictObject({ name, correlation: z.literal(1), bars: z.int().gte(2).default(60) })
    .transform(({ name: called, bars }) => ({ kind: 'correlation' as const, name: called, bars })),
  z
    .strictObject({ name, sleeve: z.string(), loss: z.number().gt(0).lt(1) })
    .transform((one) => ({ kind: 'sleeve' as const, ...one })),
])

/** Scenarios of a file. @throws FaultError FILE_MISSING, FILE_VALUE_INVALID */
async function scenariosOf(file: string, sleeves: readonly string[]): Promise<readonly StressScenario[]> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new FaultError(fault('FILE_MISSING', { file }))
  })
  const invalid = (path: string, reason: string): FaultError =>
    new FaultError(fault('FILE_VALUE_INVALID', { file: basename(file), path, reason }))
  let value: unknown
  try {
    value = parse(text)
  } catch (cause) {
    throw invalid('scenarios', cause instanceof Error ? cause.message.split('\n')[0]! : 'cannot be read')
  }
  if (!Array.isArray(value) || value.length === 0)
    throw invalid('scenarios', 'must be a list, such as [{name: Crash, move: -0.3}]')
  return value.map((one, index): StressScenario => {
    const checked = scenarioSchema.safeParse(one)
    if (!checked.success) {
      const reason =
        'must have a name and one of move: -0.2; gap: 0.1; window: {from, to}; volatility: 2; correlation: 1; sleeve: ID with loss: 0.2'
      throw invalid(`[${index}]`, `${reason}; was ${JSON.stringify(one)}`)
    }
    const scenario = checked.data
    if (scenario.kind === 'sleeve' && !sleeves.includes(scenario.sleeve))
      throw invalid(
        `[${index}].sleeve`,
        `is no sleeve that trades, was "${scenario.sleeve}"; there are ${sleeves.join(', ')}`,
      )
    if (scenario.kind === 'window' && scenario.from > scenario.to)
      throw invalid(`[${index}].window`, 'begins after it ends; give the earlier day first')
    return scenario
  })
}

function textOf(view: StressView, page: string | undefined): string {
  const header = ['Scenario', 'Sessions', 'Change', 'Value after', 'Lowest', 'Drawdown', 'Orders', 'Violations']
  const played = view.outcomes.filter(({ impossible }) => impossible === null)
  const rows = played.map((outcome) => [
    outcome.name,
    count(outcome.days ?? 0),
    percent(outcome.change, 'both'),
    money(outcome.after, view.currency),
    percent(outcome.worst, 'both'),
    percent(outcome.maxDrawdown),
    count(outcome.orders ?? 0),
    violationsText(outcome),
  ])
  return [
    `${view.name} on ${longDate(view.today)}: ${money(view.value, view.currency)}, gross exposure ${money(view.grossExposure, view.currency)}, net ${money(view.netExposure, view.currency)}`,
    `Volatility ${percent(view.volatility)} a year; were all correlations one ${percent(view.volatilityTogether)}`,
    '',
    textTable(header, rows, [1, 2, 3, 4, 5, 6]),
    '',
    ...view.outcomes.flatMap(({ name: of, impossible }) =>
      impossible === null ? [] : [`not played: ${of}: ${impossible}`],
    ),
    ...view.notes.map((note) => `note: ${note}`),
    ...(page === undefined ? [] : [`Page: ${page}`]),
  ].join('\n')
}
