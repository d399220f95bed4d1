/** Regimes of the instruments of sleeves that enter in some of them only: judged once a portfolio day, at its close. */
import type { MarketRegime } from '../../domain/regimes.ts'
import { REGIME_CLOSES, regimeOf } from '../../pipeline/risk/regime.ts'
import { chainOf } from '../positions/rolling.ts'
import type { Runtime } from '../runtime.ts'
import type { RegimeState } from './regime-state.ts'

/** Takes the close of a portfolio day, before the decisions of it. */
export function takeRegimeDay(runtime: Runtime): void {
  const { state } = runtime
  if (state.regimes === undefined) {
    const started = startRegimes(runtime)
    if (started === null) return
    state.regimes = started
  }
  const { instruments, closes, current } = state.regimes
  instruments.forEach((index, row) => {
    const close = state.mark[index]! * state.factor[index]!
    if (Number.isNaN(close)) return
    const known = closes[row]!
    known.push(close)
    if (known.length > REGIME_CLOSES) known.shift()
    current[row] = regimeOf(known) ?? ''
  })
}

function startRegimes({ sleeves, byId }: Runtime): RegimeState | null {
  if (sleeves.every(({ config }) => config.regimes === undefined)) return null
  const asked = new Set<number>()
  for (const { config } of sleeves)
    if (config.regimes !== undefined)
      for (const id of [...config.universe, ...(config.universeBelow ?? [])]) asked.add(byId.get(id) ?? -1)
  asked.delete(-1)
  if (asked.size === 0) return null
  const instruments = [...asked].sort((one, other) => one - other)
  return { instruments, closes: instruments.map(() => []), current: instruments.map(() => '') }
}

/** The regime that an instrument is in, a contract that of its chain; '' while it is not known. */
export function currentRegime(runtime: Runtime, instrument: number): MarketRegime | '' {
  const { state } = runtime
  const row = state.regimes?.instruments.indexOf(chainOf(runtime, instrument)) ?? -1
  return row < 0 ? '' : state.regimes!.current[row]!
}

/** Whether a sleeve may enter an instrument now as far as regimes go. */
export function allowsRegime(runtime: Runtime, sleeve: number, instrument: number): boolean {
  const { regimes } = runtime.sleeves[sleeve]!.config
  if (regimes === undefined) return true
  const now = currentRegime(runtime, instrument)
  return now !== '' && regimes.includes(now)
}
