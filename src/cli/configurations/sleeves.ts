/** The active configurations of a store as sleeves of the portfolio that names it. */
import type { Mount } from '../config/document.ts'
import type { Configuration } from './schema.ts'
import { activeOnes } from './stages.ts'
import { readStore } from './store.ts'

type Block = Record<string, unknown>

const isBlock = (value: unknown): value is Block => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A configuration takes all that its stage and its confidence give it. */
const SIZING = { kind: 'percent', fraction: 1, of: 'sleeve' }

/** Where a setting of a sleeve stands in the store. */
const NAMES: Readonly<Record<string, string>> = { strategy: 'strategy_name', universe: 'pair' }

/**
 * Adds a sleeve for every active configuration behind those that the file itself states, in the order of their trust, with
 * its stage and what is known of it. What the file says of a configuration under its own keys counts more.
 */
export function withConfigurations(value: Block, file: string, mounts: Mount[]): Block {
  const { source, store } = readStore(file)
  const own = Array.isArray(value['sleeves']) ? value['sleeves'] : []
  const active = activeOnes(store.configurations)
  active.forEach((one, place) => {
    const path = ['sleeves', own.length + place]
    const at = ['configurations', store.configurations.indexOf(one)]
    for (const [key, name] of Object.entries(NAMES)) mounts.push({ path: [...path, key], source, at: [...at, name] })
    mounts.push({ path: [...path, 'regimes'], source, at: [...at, 'regime', 'allowed'] }, { path, source, at })
  })
  const stages = Object.fromEntries(active.map((one) => [one.id, one.lifecycle_stage]))
  const known = Object.fromEntries(
    active.map(({ id, validation, performance }) => [
      id,
      { sharpe: validation.sharpe_ratio, win_rate: performance.gross_win_rate },
    ]),
  )
  const falls = Object.fromEntries(
    active.flatMap(({ id, validation: { maximum_drawdown: fall } }) => (fall === null ? [] : [[id, fall]])),
  )
  const overlays = isBlock(value['overlays']) ? value['overlays'] : {}
  const lifecycle = isBlock(overlays['lifecycle']) ? overlays['lifecycle'] : {}
  return {
    ...value,
    sleeves: [...own, ...active.map(sleeveOf)],
    allocation: merged(value['allocation'], { known }),
    overlays: {
      ...overlays,
      lifecycle: { ...merged(lifecycle, { stages, validated_drawdown: falls }) },
    },
  }
}

/** A block with further entries in some of its blocks; what it says itself stays. */
function merged(given: unknown, more: Readonly<Record<string, Block>>): Block {
  const block = isBlock(given) ? given : {}
  const parts = Object.entries(more).map(([key, entries]) => [
    key,
    { ...entries, ...(isBlock(block[key]) ? block[key] : {}) },
  ])
  return { ...block, ...Object.fromEntries(parts) }
}

function sleeveOf(one: Configuration): Block {
  return {
    id: one.id,
    title: one.title ?? `${one.pair} ${one.strategy_name}`,
    strategy: one.strategy_name,
    parameters: one.parameters,
    timeframe: one.timeframe,
    universe: [one.pair],
    sizing: SIZING,
    notes: `${one.lifecycle_stage} configuration, version ${one.version}`,
    ...(one.regime === null ? {} : { regimes: one.regime.allowed }),
  }
}
