/** On which clocks an instrument has bars: those that its sleeves decide on, and finer ones that it is only watched on. */
import type { Instrument } from '../../domain/instruments.ts'
import { compareTimeframes, type Timeframe, timeframeOf } from '../../domain/timeframes.ts'
import type { ConfigDocument, Path, Place } from './document.ts'
import type { Problems } from './problems.ts'
import { namesOf } from './routing.ts'
import type { RawPortfolio } from './schema/portfolio.ts'
import type { RawSleeve } from './schema/sleeve.ts'

/** Bars on which nobody decides, shorter than all that sleeves decide on. */
export interface Watch {
  readonly timeframe: Timeframe
  /** Where the file asks for them. */
  readonly path: Path
  readonly place: Place
}

/** Timeframes of the sleeves that trade an instrument, and those that they watch it on. */
export function timeframesOf(sleeves: readonly RawSleeve[]): ReadonlyMap<string, ReadonlySet<Timeframe>> {
  const found = new Map<string, Set<Timeframe>>()
  for (const sleeve of sleeves) {
    for (const id of namesOf(sleeve)) {
      const own = (found.get(id) ?? new Set()).add(sleeve.timeframe)
      found.set(id, sleeve.watch === undefined ? own : own.add(sleeve.watch))
    }
  }
  return found
}

/** By instrument, the watch that its prices come from; none where a sleeve decides on bars as short. */
export function watchesOf(
  sleeves: readonly RawSleeve[],
  document: Pick<ConfigDocument, 'placeOf'>,
): ReadonlyMap<string, Watch> {
  const found = new Map<string, Watch>()
  for (const [position, sleeve] of sleeves.entries()) {
    if (sleeve.watch === undefined) continue
    const path: Path = ['sleeves', position, 'watch']
    const watch = { timeframe: sleeve.watch, path, place: document.placeOf(path) }
    for (const id of namesOf(sleeve)) {
      const before = found.get(id)
      if (before !== undefined && compareTimeframes(before.timeframe, sleeve.watch) <= 0) continue
      found.set(id, watch)
    }
  }
  for (const sleeve of sleeves) {
    for (const id of namesOf(sleeve)) {
      const watch = found.get(id)
      if (watch !== undefined && compareTimeframes(sleeve.timeframe, watch.timeframe) <= 0) found.delete(id)
    }
  }
  return found
}

/** A watch belongs to a sleeve that trades, is finer than what it decides on, and asks for bars that there can be. */
export function checkWatches(
  sleeves: readonly RawSleeve[],
  instruments: RawPortfolio['instruments'],
  problems: Problems,
): void {
  for (const [position, sleeve] of sleeves.entries()) {
    const { watch, timeframe } = sleeve
    if (watch === undefined) continue
    const path: Path = ['sleeves', position, 'watch']
    if (sleeve.kind === 'return_stream') {
      problems.at(path, `a recorded stream has no prices between its dates, was "${watch}"; remove it`)
      continue
    }
    if (sleeve.strategy === null) {
      problems.at(path, 'belongs to a strategy; name one under "strategy:" or remove it')
      continue
    }
    if (compareTimeframes(watch, timeframe) >= 0) {
      const reason = `must be shorter than the sleeve's timeframe of ${timeframe}, was "${watch}"; write a shorter one or remove it`
      problems.at(path, reason)
    }
    const future = namesOf(sleeve).find((id) => instruments[id]?.kind === 'future')
    if (future === undefined) continue
    problems.at(path, `"${future}" is a future, which has one bar a day, was "${watch}"; remove it`)
  }
}

/** Where files grow, short bars wait for the days of instruments that have no others. */
export function notesOnWatches(
  instruments: readonly { readonly instrument: Instrument; readonly watch?: Watch }[],
): readonly string[] {
  if (instruments.every(({ watch }) => watch === undefined)) return []
  const daily = instruments.filter(({ instrument: { clocks } }) => clocks.every((clock) => timeframeOf(clock) === '1d'))
  if (daily.length === 0) return []
  const names = daily.map(({ instrument }) => instrument.id).join(', ')
  return [
    `${names}: bars of days only; a run with --follow holds the shorter bars of watched instruments back until such a day is over`,
  ]
}
