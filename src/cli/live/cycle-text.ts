/** One cycle as a block for the terminal, or as one JSON line. */
import type { CycleBlock, CycleExecution, CycleSignal } from '../../live/cycle-log.ts'
import { count, finite, money, percentTo } from '../report/numbers.ts'

const RULE = '='.repeat(60)

export function cycleText({ at, currency, sleeves, skipped, signals, executions, state }: CycleBlock): string {
  const amount = (value: number): string => money(value, currency)
  const ofWhole = (value: number): string => percentTo(state.totalValue > 0 ? value / state.totalValue : null, 1)
  return [
    RULE,
    `Trading Cycle: ${new Date(at).toISOString().replace('T', ' ').slice(0, 19)}`,
    RULE,
    '',
    `${count(sleeves)} active ${sleeves === 1 ? 'sleeve' : 'sleeves'}`,
    ...skipped.map(({ sleeve, reason }) => `Skipped: ${sleeve} (${reason})`),
    '',
    ...signals.flatMap((signal) => signalLines(signal, amount)),
    `Generated ${count(signals.length)} ${signals.length === 1 ? 'signal' : 'signals'}`,
    '',
    ...executions.flatMap((execution) => executionLines(execution, amount)),
    'Portfolio State:',
    `   Total Value: ${amount(state.totalValue)}`,
    `   Active Positions: ${count(state.activePositions)}`,
    `   Total Exposure: ${amount(state.exposure)} (${ofWhole(state.exposure)})`,
    `   Available Capital: ${amount(state.availableCapital)} (${ofWhole(state.availableCapital)})`,
    `   Daily P&L: ${money(state.dayProfit, currency, 'both')} (${percentTo(dayFraction(state), 2, 'both')})`,
    '',
    RULE,
    '',
  ].join('\n')
}

/** Whether a block says nothing that the one before did not say: nothing happened, and all stands as it stood, to the cent. */
export function isRepeat(before: CycleBlock | null, block: CycleBlock): boolean {
  if (before === null || block.signals.length + block.executions.length > 0) return false
  return standText(before) === standText(block)
}

function standText({ sleeves, skipped, state }: CycleBlock): string {
  const amounts = [state.totalValue, state.exposure, state.availableCapital, state.dayProfit]
  return JSON.stringify([sleeves, skipped, state.activePositions, amounts.map((amount) => amount.toFixed(2))])
}

function signalLines(
  { instrument, side, confidence, size, part, sleeve }: CycleSignal,
  amount: (value: number) => string,
) {
  return [
    `Signal: ${instrument} - ${side} (confidence: ${confidence.toFixed(2)}), ${sleeve}`,
    `   Position size: ${amount(size)} (${percentTo(part, 1)} of capital)`,
    '',
  ]
}

function executionLines(
  { side, instrument, entry, stop, target, size }: CycleExecution,
  amount: (value: number) => string,
) {
  return [
    `EXECUTING: ${side} ${instrument}`,
    `   Entry: ${amount(entry)}`,
    ...(stop === null ? [] : [`   Stop Loss: ${amount(stop)}`]),
    ...(target === null ? [] : [`   Take Profit: ${amount(target)}`]),
    `   Size: ${amount(size)}`,
    '',
  ]
}

function dayFraction({ totalValue, dayProfit }: CycleBlock['state']): number | null {
  const before = totalValue - dayProfit
  return before > 0 ? dayProfit / before : null
}

/** Amounts finite or null; the moment as text. */
export function cycleLine({ at, state, signals, executions, ...rest }: CycleBlock): string {
  return JSON.stringify({
    at: new Date(at).toISOString(),
    ...rest,
    signals: signals.map((signal) => ({ ...signal, size: finite(signal.size), part: finite(signal.part) })),
    executions: executions.map((execution) => ({
      ...execution,
      entry: finite(execution.entry),
      stop: finite(execution.stop),
      target: finite(execution.target),
      size: finite(execution.size),
    })),
    state: {
      totalValue: finite(state.totalValue),
      activePositions: state.activePositions,
      exposure: finite(state.exposure),
      availableCapital: finite(state.availableCapital),
      dayProfit: finite(state.dayProfit),
      dayFraction: finite(dayFraction(state)),
    },
  })
}
