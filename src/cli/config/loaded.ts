import type { PortfolioConfig } from '../../domain/config.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { Strategy } from '../../domain/strategy.ts'
import type { InstrumentId, SleeveId } from '../../domain/units.ts'
import type { AlertConfiguration } from './alerts.ts'
import type { Path, Place } from './document.ts'
import type { EventFeeds } from './events.ts'
import type { FutureDeclaration } from './futures.ts'
import type { RunningSettings } from './running.ts'
import type { RawOptions, RawSimulation } from './schema/instruments.ts'
import type { RawScreen } from './schema/universe.ts'
import type { Watch } from './watches.ts'

/** An instrument and where its history is read from. */
export interface InstrumentDeclaration {
  readonly instrument: Instrument
  /** Relative to the data folder. */
  readonly file: string
  /** The column of returns, for a recorded stream; null: a file of prices. */
  readonly column: string | null
  readonly dividends: string | null
  /** `adjusted`: the vendor divided old prices by later splits; `raw`: as traded, splits in a column of the file. */
  readonly prices: 'raw' | 'adjusted'
  readonly simulation: RawSimulation | null
  /** Absent: no future. `file` is then what the chain is called by while it is read. */
  readonly future?: FutureDeclaration
  /** What a short pays a year while no record says otherwise, as a fraction of what it owes. Absent: nothing. */
  readonly borrowRate?: number
  /** Bars that its prices come from and nobody decides on. Absent: those of the sleeves. */
  readonly watch?: Watch
  readonly place: Place
}

/** A portfolio file, read and checked: what the kernel takes, and what only the edge needs. */
export interface LoadedPortfolio {
  /** As the user named it. */
  readonly file: string
  readonly config: PortfolioConfig
  readonly instruments: readonly InstrumentDeclaration[]
  /** The strategies that the sleeves name, by the name under which the configuration knows them. */
  readonly strategies: ReadonlyMap<string, Strategy>
  /** What tells the code of each of them from another of its name. */
  readonly codes: Readonly<Record<string, string>>
  readonly options: RawOptions | null
  readonly screen: RawScreen | null
  readonly events: EventFeeds
  /** How it runs on paper and live. */
  readonly running: RunningSettings
  /** Who is told of what; with no rule nobody is. */
  readonly alerts: AlertConfiguration
  /** Files of what companies were on a day, relative to the data folder. */
  readonly snapshots: readonly string[]
  readonly benchmark: InstrumentId | null
  /** Settings that the file keeps and the run does not use, each with the reason. */
  readonly unused: readonly string[]
  /** What a reader of the result must know: parity, criteria not evaluated, remarks of the author. */
  readonly notes: readonly string[]
  /** Strategies of the user's own whose types no compiler has looked at, each with the reason. */
  readonly unchecked: readonly string[]
  /** Where each sleeve is written. */
  readonly sleevePlaces: ReadonlyMap<SleeveId, Place>
  /** Where a setting of the file is written, for what can be found wrong only later. */
  placeOf(path: Path): Place
}
