import { z } from 'zod'
import { FaultError, fault } from '../domain/faults.ts'
import type { ScenarioInput } from '../engine/scenario/scenario-stage.ts'
import { pathText } from './config/problems.ts'

/*
 * A scenario: sleeves with cash, and bars with prices, wishes, fills and corporate actions. Amounts are decimal texts
 * (or numbers), so that they stay exact.
 */

const decimal = z.union([z.string().regex(/^[+-]?\d+(\.\d+)?$/), z.number()], {
  error: 'must be a decimal such as "12.5"',
})

const positive = decimal.refine((value) => Number(value) > 0, { error: 'must be above 0' })
/** Books count no finer than 1e-8 of a share or coin. */
const increment = decimal.refine((value) => Number(value) >= 1e-8, { error: 'must be at least 0.00000001' })

const scenarioSchema = z.looseObject({
  name: z.string().optional(),
  settings: z
    .looseObject({
      fees: z
        .looseObject({ per_share: decimal.optional(), min_per_order: decimal.optional(), bps: decimal.optional() })
        .default({}),
      lot: z.record(z.string(), positive).optional(),
      increment: z.record(z.string(), increment).optional(),
      multiplier: z.record(z.string(), positive).optional(),
      netting: z.boolean().optional(),
    })
    .prefault({}),
  strategies: z.record(
    z.string(),
    z.looseObject({ cash: decimal, positions: z.record(z.string(), z.unknown()).optional() }),
  ),
  bars: z
    .array(
      z.looseObject({
        t: z.string(),
        prices: z.record(z.string(), positive),
        intents: z.array(z.looseObject({ strategy: z.string(), symbol: z.string(), qty: decimal })).default([]),
        fills: z
          .record(
            z.string(),
            z.looseObject({ filled: decimal.optional(), price: positive.optional(), status: z.string().optional() }),
          )
          .optional(),
        corporate_actions: z
          .array(
            z.looseObject({
              type: z.enum(['split', 'dividend']),
              symbol: z.string(),
              ratio: z.tuple([positive, positive]).optional(),
              amount: decimal.optional(),
              price_after: decimal.optional(),
            }),
          )
          .optional(),
      }),
    )
    .min(1),
})

/** The scenario of a file, or of a worked case that holds one as its `input`. @throws FaultError SCENARIO_INVALID */
export function checkedScenario(file: string, value: unknown): ScenarioInput {
  const inner = (value as { readonly input?: unknown } | null)?.input
  const scenario = inner ?? value
  const result = scenarioSchema.safeParse(scenario)
  const refuse = (path: string, reason: string): never => {
    throw new FaultError(fault('SCENARIO_INVALID', { file, path, reason }))
  }
  if (!result.success) {
    const issue = result.error.issues[0]!
    return refuse(pathText(issue.path as (string | number)[]), issueText(issue.message, at(scenario, issue.path)))
  }
  const known = new Set(Object.keys(result.data.strategies))
  result.data.bars.forEach((bar, index) => {
    bar.intents.forEach((intent, position) => {
      const path = `bars[${index}].intents[${position}]`
      if (!known.has(intent.strategy))
        refuse(`${path}.strategy`, `names "${intent.strategy}", which is not under strategies`)
      if (bar.prices[intent.symbol] === undefined)
        refuse(`${path}.symbol`, `"${intent.symbol}" has no price on this bar`)
    })
  })
  return result.data as unknown as ScenarioInput
}

const issueText = (message: string, value: unknown): string =>
  value === undefined ? 'is missing; add it' : `${message.charAt(0).toLowerCase()}${message.slice(1)}`

const at = (root: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, step) => (value as Record<PropertyKey, unknown> | undefined | null)?.[step], root)
