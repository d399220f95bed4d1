import { basename } from 'node:path'
import { readUniverseHistory } from '../../adapters/feeds/universe-history.ts'
import { describeFault, FaultError } from '../../domain/faults.ts'
import { instrumentId } from '../../domain/units.ts'
import type { MembershipChange } from '../../domain/universe.ts'
import type { ConfigDocument, Path } from './document.ts'
import type { Problems } from './problems.ts'
import type { RawPortfolio } from './schema/portfolio.ts'
import type { RawSleeve } from './schema/sleeve.ts'

/*
 * Universes that follow a history of who was in and who was out, as `polyfolio screen --write` keeps one.
 */

/** Sleeves with the names of their histories as their universe, and the histories themselves by sleeve. */
export interface FollowedHistories {
  readonly sleeves: readonly RawSleeve[]
  readonly histories: ReadonlyMap<string, readonly MembershipChange[]>
  readonly notes: readonly string[]
}

/** Names that are shown of those that have no prices. */
const NAMES_SHOWN = 15

interface Context {
  readonly document: ConfigDocument
  readonly problems: Problems
  readonly raw: RawPortfolio
}

/** Reads every history that a sleeve names. A sleeve that lists no names of its own trades all that were ever in. */
export async function followHistories(sleeves: readonly RawSleeve[], context: Context): Promise<FollowedHistories> {
  const histories = new Map<string, readonly MembershipChange[]>()
  const notes: string[] = []
  const followed: RawSleeve[] = []
  for (const [index, sleeve] of sleeves.entries()) {
    const name = sleeve.universe_history
    if (name === undefined) {
      followed.push(sleeve)
      continue
    }
    const path: Path = ['sleeves', index, 'universe_history']
    const rows = await rowsOf(name, path, context)
    const known = idsBySymbol(context.raw)
    const changes = rows.flatMap(({ tradeDate, instrument, isMember, reasons }) => {
      const id = known.get(instrument)
      return id === undefined ? [] : [{ tradeDate, instrument: instrumentId(id), isMember, reasons }]
    })
    histories.set(sleeve.id, changes)
    const members = [...new Set(changes.filter(({ isMember }) => isMember).map(({ instrument }) => String(instrument)))]
    const foreign = [...new Set(rows.filter((row) => row.isMember && !known.has(row.instrument)).map(symbolOf))]
    const all = members.length + foreign.length
    if (rows.length > 0 && members.length === 0 && sleeve.universe.length === 0) {
      const without = `none of its ${all} members has an instrument, and so prices: ${listed(foreign)}`
      context.problems.at(path, `${all === 0 ? 'nobody is ever in' : without}; declare some, or list a universe`)
    } else if (foreign.length > 0) {
      const count = `${foreign.length} of ${all} members of ${basename(name)}`
      notes.push(`${sleeve.id}: ${count} have no instrument, and so no prices: ${listed(foreign)}`)
    }
    followed.push(sleeve.universe.length > 0 ? sleeve : { ...sleeve, universe: members })
  }
  return { sleeves: followed, histories, notes }
}

const symbolOf = ({ instrument }: { readonly instrument: string }): string => String(instrument)

function listed(names: readonly string[]): string {
  const rest = names.length - NAMES_SHOWN
  return `${names.slice(0, NAMES_SHOWN).join(' ')}${rest > 0 ? ` and ${rest} more` : ''}`
}

async function rowsOf(name: string, path: Path, { document, problems }: Context) {
  try {
    const file = document.resolve(name, path)
    return await readUniverseHistory(file, file)
  } catch (cause) {
    if (!(cause instanceof FaultError)) throw cause
    problems.at(path, `cannot be followed: ${describeFault(cause.fault)}`)
    return []
  }
}

/** A history names symbols; an instrument goes by its id, or by the ticker that it states. */
function idsBySymbol(raw: RawPortfolio): ReadonlyMap<string, string> {
  const known = new Map<string, string>()
  for (const [id, { symbol }] of Object.entries(raw.instruments)) if (symbol !== undefined) known.set(symbol, id)
  for (const id of Object.keys(raw.instruments)) known.set(id, id)
  return known
}
