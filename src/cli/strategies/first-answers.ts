import { memoryProblem } from '../../domain/memory.ts'
import type { Parameters } from '../../domain/parameters.ts'
import type { Strategy } from '../../domain/strategy.ts'

/**
 * What is wrong with what a strategy says of itself for these parameters, before its first bar: its own check of them,
 * its indicators, its lookback, its first memory. Null where nothing is.
 */
export function firstAnswersProblem(strategy: Strategy, parameters: Parameters): string | null {
  try {
    const wrong: unknown = strategy.check?.(parameters) ?? null
    if (wrong !== null)
      return typeof wrong === 'string' ? wrong : `check returned "${JSON.stringify(wrong)}"; return text or null`
    return (
      indicatorsProblem(strategy.indicators(parameters)) ??
      lookbackProblem(strategy.lookback(parameters)) ??
      startProblem(strategy.start(parameters))
    )
  } catch (cause) {
    return `are not taken by "${strategy.name}": ${cause instanceof Error ? cause.message : String(cause)}`
  }
}

function indicatorsProblem(indicators: unknown): string | null {
  if (typeof indicators !== 'object' || indicators === null) return 'indicators must return an object of indicators'
  for (const [name, request] of Object.entries(indicators)) {
    const { key, outputs, create } = (request ?? {}) as Readonly<Record<string, unknown>>
    const isWhole = typeof key === 'string' && Array.isArray(outputs) && typeof create === 'function'
    if (!isWhole) return `indicators: "${name}" is no indicator; take one such as sma(20)`
  }
  return null
}

function lookbackProblem(bars: unknown): string | null {
  if (typeof bars === 'number' && Number.isInteger(bars) && bars >= 0) return null
  return `lookback must return a whole number of bars, was "${String(bars)}"`
}

function startProblem(memory: unknown): string | null {
  const problem = memoryProblem(memory)
  return problem === null ? null : `start: ${problem.replace('decide returned', 'it returned')}`
}
