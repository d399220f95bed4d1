import type { PortfolioConfig } from '../../domain/config.ts'

/** An instrument that several sleeves trade: their wishes net, and they may hold it against each other. */
export interface Overlap {
  readonly instrument: string
  readonly sleeves: readonly string[]
  /** The sleeves decide at different times: what one sees at its close another saw hours before. */
  readonly mixedTimeframes: boolean
}

export function overlapsOf(config: PortfolioConfig): Overlap[] {
  const holders = new Map<string, { readonly sleeve: string; readonly clock: string }[]>()
  for (const sleeve of config.sleeves) {
    for (const instrument of sleeve.universe) {
      holders.set(instrument, [...(holders.get(instrument) ?? []), { sleeve: sleeve.id, clock: sleeve.clock }])
    }
  }
  return [...holders]
    .filter(([, sleeves]) => sleeves.length > 1)
    .map(([instrument, sleeves]) => ({
      instrument,
      sleeves: sleeves.map(({ sleeve }) => sleeve),
      mixedTimeframes: new Set(sleeves.map(({ clock }) => clock)).size > 1,
    }))
}
