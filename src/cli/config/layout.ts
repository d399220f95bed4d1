import { alertsFrom } from './alert-settings.ts'
import type { ConfigDocument, Path } from './document.ts'

/*
 * Portfolio files in another layout: `portfolio:` and `strategies:` in one file, `portfolio_limits:` in another, with the
 * names that teams who come from a research stack use. They are read as they stand: every setting is moved to its own
 * place, and what is wrong with it is said where it was written.
 */

type Block = Record<string, unknown>

interface Move {
  readonly to: Path
  readonly from: Path
}

/** A document in the product's own layout, with what a reader must know of how it was read. */
export interface NativeDocument {
  readonly document: ConfigDocument
  readonly notes: readonly string[]
}

/** Names of signals that are known under another name here. */
const SIGNALS: Readonly<Record<string, string>> = { MomentumSignalV2: 'time-series-momentum' }
const FREQUENCIES: Readonly<Record<string, string>> = {
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
  quarterly: 'quarter',
}
/** A drawdown breaker without a recovery of its own resumes when the fall is below this fraction. */
const RESUME = 0.05
/** Portfolio days over which volatility and diversification are measured where the file does not say. */
const WINDOW = 60
const CORRELATION_WINDOW = 90
const TOP = 5

const isBlock = (value: unknown): value is Block => typeof value === 'object' && value !== null && !Array.isArray(value)
const isOther = (value: Block): boolean =>
  'strategies' in value || 'portfolio_limits' in value || 'alert_settings' in value || isBlock(value['portfolio'])

/** Reads a document of the other layout as one of the product's own; any other is returned as it is. */
export function nativeLayout(document: ConfigDocument): NativeDocument {
  if (!isBlock(document.value) || !isOther(document.value)) return { document, notes: [] }
  const moves: Move[] = []
  const notes: string[] = []
  const { portfolio, strategies, portfolio_limits: limits, alert_settings: alerts, universe, ...own } = document.value
  const value: Block = { ...own }
  if (portfolio !== undefined) movePortfolio(value, portfolio, moves)
  if (Array.isArray(strategies)) {
    moves.push({ to: ['sleeves'], from: ['strategies'] })
    value['sleeves'] = strategies.map((entry: unknown, index) =>
      isBlock(entry) ? sleeveOf(entry, index, universe, moves) : entry,
    )
  } else if (strategies !== undefined) value['sleeves'] = strategies
  if (isBlock(limits)) moveLimits(value, limits, { moves, notes })
  else if (limits !== undefined) value['portfolio_limits'] = limits
  if (alerts !== undefined) notes.push('alert_settings are read and checked; a backtest sends no alerts')
  const told = alertsFrom(alerts)
  if (told !== null && value['alerts'] === undefined) {
    value['alerts'] = told.alerts
    moves.push(...told.moves)
  }
  return { document: { ...document, value, placeOf: placesThrough(document, moves) }, notes }
}

/** Where a setting was written, by the longest moved path above it. */
function placesThrough(document: ConfigDocument, moves: readonly Move[]): ConfigDocument['placeOf'] {
  const ordered = [...moves].sort((left, right) => right.to.length - left.to.length)
  return (path, part) => {
    const move = ordered.find(({ to }) => to.length <= path.length && to.every((step, at) => path[at] === step))
    return document.placeOf(move === undefined ? path : [...move.from, ...path.slice(move.to.length)], part)
  }
}

function movePortfolio(value: Block, portfolio: unknown, moves: Move[]): void {
  if (!isBlock(portfolio)) {
    value['portfolio'] = portfolio
    return
  }
  const { initial_capital: capital, rebalancing, ...rest } = portfolio
  for (const key of Object.keys(rest)) {
    value[key] ??= rest[key]
    moves.push({ to: [key], from: ['portfolio', key] })
  }
  if (capital !== undefined) {
    value['capital'] = capital
    moves.push({ to: ['capital'], from: ['portfolio', 'initial_capital'] })
  }
  if (rebalancing === undefined) return
  moves.push({ to: ['rebalancing'], from: ['portfolio', 'rebalancing'] })
  if (!isBlock(rebalancing)) {
    value['rebalancing'] = rebalancing
    return
  }
  const { frequency, ...kept } = rebalancing
  moves.push({ to: ['rebalancing', 'every'], from: ['portfolio', 'rebalancing', 'frequency'] })
  const every = typeof frequency === 'string' ? (FREQUENCIES[frequency] ?? frequency) : frequency
  value['rebalancing'] = { ...kept, ...(frequency === undefined ? {} : { every }) }
}

function sleeveOf(entry: Block, index: number, universe: unknown, moves: Move[]): Block {
  const { name, allocation, signal_type: signal, risk_config: risk, parameters, ...rest } = entry
  const from = ['strategies', index]
  const to = ['sleeves', index]
  const sleeve: Block = { ...rest }
  const move = (key: string, value: unknown, old: Path): void => {
    if (value === undefined) return
    sleeve[key] ??= value
    moves.push({ to: [...to, key], from: [...from, ...old] })
  }
  move('id', name, ['name'])
  move('weight', allocation, ['allocation'])
  move('strategy', typeof signal === 'string' ? (SIGNALS[signal] ?? signal) : signal, ['signal_type'])
  if (rest['kind'] !== 'return_stream') move('universe', universe, [])
  const own = isBlock(parameters) ? parameters : undefined
  move('parameters', own ?? parameters, ['parameters'])
  if (!isBlock(risk)) {
    move('risk_config', risk, ['risk_config'])
    return sleeve
  }
  const { max_position_size: size, max_leverage: leverage, volatility_target: target, ...unknown } = risk
  move('sizing', size === undefined ? undefined : { kind: 'percent', fraction: size, of: 'sleeve' }, [
    'risk_config',
    'max_position_size',
  ])
  const limits: Block = { ...(isBlock(rest['limits']) ? rest['limits'] : {}), ...unknown }
  const limit = (key: string, value: unknown, old: string): void => {
    if (value === undefined) return
    limits[key] ??= value
    moves.push({ to: [...to, 'limits', key], from: [...from, 'risk_config', old] })
  }
  limit('position_weight_max', size, 'max_position_size')
  limit('leverage_max', leverage, 'max_leverage')
  for (const key of Object.keys(unknown))
    moves.push({ to: [...to, 'limits', key], from: [...from, 'risk_config', key] })
  sleeve['limits'] = limits
  if (target !== undefined && sleeve['strategy'] === 'time-series-momentum') {
    sleeve['parameters'] = { volatility_target: target, ...own }
    moves.push({ to: [...to, 'parameters', 'volatility_target'], from: [...from, 'risk_config', 'volatility_target'] })
  } else if (target !== undefined) limit('volatility', { limit: target, window: WINDOW }, 'volatility_target')
  return sleeve
}

interface Reading {
  readonly moves: Move[]
  readonly notes: string[]
}

function moveLimits(value: Block, given: Block, { moves, notes }: Reading): void {
  const {
    max_leverage: leverage,
    max_drawdown: fall,
    max_volatility: volatility,
    min_diversification_ratio: ratio,
    position_limits: positions,
    correlation_limits: correlations,
    violation_actions: actions,
    ...rest
  } = given
  const from: Path = ['portfolio_limits']
  const limits: Block = { ...(isBlock(value['limits']) ? value['limits'] : {}), ...rest }
  moves.push({ to: ['limits'], from })
  const put = (target: Block, to: Path, amount: unknown, old: Path): void => {
    if (amount === undefined) return
    target[String(to.at(-1))] ??= amount
    moves.push({ to, from: [...from, ...old] })
  }
  put(value, ['leverage'], leverage, ['max_leverage'])
  if (fall !== undefined) {
    if (typeof fall === 'number' && fall < 0) notes.push(`max_drawdown: ${fall} is read as a fall of ${0 - fall}`)
    const halt = typeof fall === 'number' ? Math.abs(fall) : fall
    put(limits, ['limits', 'drawdown'], { halt, resume: RESUME }, ['max_drawdown'])
  }
  put(limits, ['limits', 'volatility'], volatility === undefined ? undefined : { limit: volatility, window: WINDOW }, [
    'max_volatility',
  ])
  put(limits, ['limits', 'diversification'], ratio === undefined ? undefined : { limit: ratio, window: WINDOW }, [
    'min_diversification_ratio',
  ])
  if (isBlock(positions)) {
    const { max_weight_per_ticker: ticker, max_concentration_top5: top, ...others } = positions
    put(limits, ['limits', 'position_weight_max'], ticker, ['position_limits', 'max_weight_per_ticker'])
    const concentration = top === undefined ? undefined : { positions: TOP, weight_max: top }
    put(limits, ['limits', 'concentration'], concentration, ['position_limits', 'max_concentration_top5'])
    for (const key of Object.keys(others)) put(limits, ['limits', key], others[key], ['position_limits', key])
  }
  const violations: Block = isBlock(value['violations']) ? { ...value['violations'] } : {}
  if (isBlock(correlations)) {
    const { max_strategy_correlation: most, alert_threshold: alert, ...others } = correlations
    const correlation = most === undefined ? undefined : { limit: most, window: CORRELATION_WINDOW }
    put(limits, ['limits', 'correlation'], correlation, ['correlation_limits', 'max_strategy_correlation'])
    const level = alert === undefined ? undefined : { level: alert }
    put(violations, ['violations', 'correlation'], level, ['correlation_limits', 'alert_threshold'])
    for (const key of Object.keys(others)) put(limits, ['limits', key], others[key], ['correlation_limits', key])
  }
  put(violations, ['violations', 'actions'], actions, ['violation_actions'])
  value['limits'] = limits
  if (Object.keys(violations).length > 0) value['violations'] = violations
}
