/** The portfolio file of a history as operators edit it: each version whole, and what the engine that runs is asked to take. */
import { createHash } from 'node:crypto'
import type { PortfolioConfig, SleeveConfig } from '../../src/domain/config.ts'
import { money } from '../../src/domain/units.ts'
import { configInForce } from '../../src/engine/reconfigure/in-force.ts'
import { capitalPlanOf } from '../fixtures/capital-plan.ts'
import type { FileChange } from './faults.ts'

export interface FileVersion {
  readonly config: PortfolioConfig
  /** Of its text, in hex. */
  readonly sha256: string
  /** Whether a portfolio that runs can go over to it. */
  readonly isPossible: boolean
}

export interface PortfolioFile {
  /** From the first on, in the order in which they are written. */
  readonly versions: readonly FileVersion[]
  /** As it stands on the disk of every machine now. */
  now: FileVersion
}

/** What a file says, and its edits change. */
interface Said {
  /** By ordinal; those behind the first ones join later. */
  readonly members: readonly { readonly ordinal: number; readonly weight: number }[]
  /** Of who joins next: nobody has the place of one that left. */
  readonly next: number
  readonly positionWeightMax: number
  readonly capital: number
}

/** Of what a sleeve that joins is dealt. */
const JOINING_WEIGHT = 0.2
const POSITION_WEIGHTS = [0.3, 0.4, 0.6, 0.7] as const

/**
 * @param base the configuration that the history begins with, its sleeves those of the first ordinals
 * @param sleeve of an ordinal, with its weight
 */
export function portfolioFile(
  base: PortfolioConfig,
  changes: readonly FileChange[],
  sleeve: (ordinal: number, weight: number) => SleeveConfig,
): PortfolioFile {
  const members = base.sleeves.map(({ weight }, ordinal) => ({ ordinal, weight }))
  let said: Said = {
    members,
    next: members.length,
    positionWeightMax: base.limits.positionWeightMax!,
    capital: base.capital,
  }
  const versions = [versionOf({ base, said, sleeve }, true)]
  for (const change of changes) {
    const isPossible = change.edit !== 'impossible'
    const edited = editedBy(said, change)
    versions.push(versionOf({ base, said: edited, sleeve }, isPossible))
    if (isPossible) said = edited
  }
  return { versions, now: versions[0]! }
}

interface Version {
  readonly base: PortfolioConfig
  readonly said: Said
  readonly sleeve: (ordinal: number, weight: number) => SleeveConfig
}

function versionOf({ base, said, sleeve }: Version, isPossible: boolean): FileVersion {
  const { members, positionWeightMax, capital } = said
  const weights = members.map(({ weight }) => weight)
  const config: PortfolioConfig = {
    ...base,
    capital: money(capital),
    sleeves: members.map(({ ordinal, weight }) => sleeve(ordinal, weight)),
    limits: { ...base.limits, positionWeightMax },
    ...(base.capitalPlan === undefined ? {} : { capitalPlan: capitalPlanOf(base.capitalPlan.rebalancing, weights) }),
  }
  return { config, sha256: createHash('sha256').update(JSON.stringify(said)).digest('hex'), isPossible }
}

function editedBy(said: Said, { edit, draw }: FileChange): Said {
  const { members } = said
  switch (edit) {
    case 'limit':
      return { ...said, positionWeightMax: POSITION_WEIGHTS[Math.floor(draw * POSITION_WEIGHTS.length)]! }
    case 'weights':
      return {
        ...said,
        members: members.map((one, place) => ({ ...one, weight: one.weight * (place === 0 ? draw : 1) })),
      }
    case 'join': {
      const others = members.map((one) => ({ ...one, weight: one.weight * (1 - JOINING_WEIGHT) }))
      return { ...said, members: [...others, { ordinal: said.next, weight: JOINING_WEIGHT }], next: said.next + 1 }
    }
    case 'leave': {
      const leaving = Math.floor(draw * members.length)
      return members.length < 2 ? said : { ...said, members: members.filter((_, place) => place !== leaving) }
    }
    // What was dealt at the beginning cannot be dealt again.
    case 'impossible':
      return { ...said, capital: said.capital + 1_000_000 }
  }
}

/** The last version that a portfolio under this configuration has gone over to; null: none of them. */
export function versionInForce({ versions }: PortfolioFile, inForce: PortfolioConfig): FileVersion | null {
  return versions.findLast(({ config }) => configInForce(inForce, config) === inForce) ?? null
}
