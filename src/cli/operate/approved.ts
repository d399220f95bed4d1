/** What an operator approves of a configuration, as hashes: of the whole, and of each part that the approval covers. */
import { createHash } from 'node:crypto'
import { APPROVED_PARTS, type ApprovedPart, type ConfigurationApproval } from '../../domain/control.ts'
import { canonicalBytes } from '../../engine/canonical.ts'
import type { LoadedPortfolio } from '../config/loaded.ts'

export type ConfigurationHashes = Pick<ConfigurationApproval, 'hash' | 'parts'>

export function hashesOf(loaded: LoadedPortfolio): ConfigurationHashes {
  const { config, options, instruments, running } = loaded
  const { sleeves, account, costs, routing, parity, ...rest } = config
  const by = <T>(pick: (sleeve: (typeof sleeves)[number]) => T) =>
    sleeves.map((sleeve) => ({ id: sleeve.id, ...pick(sleeve) }))
  const universe = by(({ universe: symbols, universeBelow, universeRules }) => ({
    symbols,
    universeBelow,
    universeRules,
  }))
  const structure = by(({ strategy, parameters, clock, onFault, regimes }) => ({
    strategy,
    parameters,
    clock,
    onFault,
    regimes,
  }))
  const dealt = by(({ capital, weight, sizing, limits, status, kind, recorded }) => ({
    capital,
    weight,
    sizing,
    limits,
    status,
    kind,
    recorded,
  }))
  const parts: Readonly<Record<ApprovedPart, unknown>> = {
    allocation: { ...rest, sleeves: dealt, live: running.live },
    universe: { universe, instruments: instruments.map(({ instrument }) => instrument) },
    structure: { structure, options },
    venue: { account, costs, routing, parity, mode: running.mode },
  }
  const hashes = Object.fromEntries(APPROVED_PARTS.map((part) => [part, sha256(parts[part])]))
  return { hash: sha256(parts), parts: hashes as ConfigurationHashes['parts'] }
}

/** The parts in which a configuration is another one than what was approved. */
export function changedParts(now: ConfigurationHashes, approved: ConfigurationHashes): readonly ApprovedPart[] {
  return APPROVED_PARTS.filter((part) => now.parts[part] !== approved.parts[part])
}

function sha256(value: unknown): string {
  return createHash('sha256').update(canonicalBytes(value)).digest('hex')
}
