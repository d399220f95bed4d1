import type { PolicyPart } from '../../domain/config.ts'
import { instrumentId } from '../../domain/units.ts'
import type { Problems } from './problems.ts'
import type { RawPolicy } from './schema/policy.ts'
import { hint } from './suggest.ts'

const EPSILON = 1e-9

/** Instruments that a policy names as benchmarks. */
export function policyInstruments(policy: RawPolicy | undefined): readonly string[] {
  return Object.values(policy ?? {}).flatMap(({ benchmark }) => (benchmark === null ? [] : [benchmark]))
}

/**
 * A policy by sleeve in declared order; a sleeve that it does not name has no part of it. Undefined where the file states
 * none.
 */
export function policyOf(
  raw: RawPolicy | undefined,
  known: { readonly sleeves: readonly string[]; readonly instruments: readonly string[] },
  problems: Problems,
): readonly PolicyPart[] | undefined {
  if (raw === undefined) return undefined
  for (const [sleeve, { benchmark }] of Object.entries(raw)) {
    if (!known.sleeves.includes(sleeve)) problems.at(['policy', sleeve], `is no sleeve${hint(sleeve, known.sleeves)}`)
    if (benchmark !== null && !known.instruments.includes(benchmark)) {
      const reason = `instrument "${benchmark}" is not declared${hint(benchmark, known.instruments)}`
      problems.at(['policy', sleeve, 'benchmark'], reason)
    }
  }
  const whole = Object.values(raw).reduce((sum, { weight }) => sum + weight, 0)
  if (whole > 1 + EPSILON)
    problems.at(
      ['policy'],
      `gives away ${Number(whole.toPrecision(9))}; its weights must add up to 1 at most, the rest is cash`,
    )
  return known.sleeves.map((sleeve) => {
    const part = raw[sleeve]
    return {
      weight: part?.weight ?? 0,
      benchmark: part === undefined || part.benchmark === null ? null : instrumentId(part.benchmark),
    }
  })
}
