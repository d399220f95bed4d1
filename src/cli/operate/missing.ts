/** What live trading asks for and does not find: every line names one thing, and what to do about it. */

import type { OpenedStore } from '../../adapters/store/sql-store.ts'
import type { Control } from '../../domain/control.ts'
import type { JournalExtent } from '../../domain/store.ts'
import type { LoadedPortfolio } from '../config/loaded.ts'
import { SUFFIX_LENGTH } from '../live/helm-of.ts'
import type { Venues } from '../live/venues.ts'
import { changedParts, hashesOf } from './approved.ts'

/**
 * @param venues for which there is an adapter
 * @param confirm end of the account's number as the operator typed it
 */
export async function missingForLive(
  loaded: LoadedPortfolio,
  { control, extents }: Pick<OpenedStore, 'control' | 'extents'>,
  venues: Venues,
  confirm: string | undefined,
): Promise<readonly string[]> {
  const { config, file, running } = loaded
  const missing: string[] = []
  if (running.mode !== 'live') missing.push(`"mode: live" in ${file}: it says paper`)
  const named = Object.keys(config.routing?.brokers ?? {})
  if (named.length === 0) missing.push(`a venue: ${file} names no broker under "routing:"`)
  for (const venue of named) if (!venues.has(venue)) missing.push(adapterText(venue, venues))
  if (named.length > 1)
    missing.push(`one venue: "routing:" of ${file} names ${named.join(', ')}, and an engine has one account`)
  if (confirm === undefined || confirm.length < SUFFIX_LENGTH)
    missing.push("--confirm with at least the last four characters of the account's number")
  missing.push(...(await missingGates(loaded, control)), ...(await missingApproval(loaded, control)))
  const [rows, beat] = [rowsOf(await extents(), config.name), (await control.beats()).find(isOf(config.name))]
  if (rows > 0 && beat?.role !== 'live')
    missing.push(
      `a journal of its own: "${config.name}" was traded on paper in this store; give it another name in ${file}`,
    )
  if (missing.length > 0) {
    // Neither can be had without a connection to the venue, and nobody connects before the rest is there.
    missing.push(`a clean reconciliation of "${config.name}" with the broker's account: it comes with the connection`)
    missing.push('fresh streams of every price that it trades by: they come with the connection')
  }
  return missing
}

const isOf =
  (name: string) =>
  ({ portfolio }: { readonly portfolio: string }): boolean =>
    portfolio === name

function rowsOf(extents: readonly JournalExtent[], name: string): number {
  return extents.find(isOf(name))?.rows ?? 0
}

async function missingGates(
  { config, running }: LoadedPortfolio,
  control: Pick<Control, 'gates'>,
): Promise<readonly string[]> {
  const recorded = new Map((await control.gates(config.name)).map((gate) => [gate.name, gate]))
  return Object.entries(running.live.gates).flatMap(([name, criterion]) => {
    const gate = recorded.get(name)
    if (gate?.passed === true) return []
    const why = gate === undefined ? 'is not on record' : `was recorded as failed by ${gate.by}: ${gate.value}`
    return [`the gate "${name}" (${criterion}): it ${why}; "polyfolio gates record ${name}" keeps an outcome`]
  })
}

function adapterText(venue: string, venues: Venues): string {
  const known = [...venues.keys()].map((name) => `"${name}"`).join(', ')
  const advice = known === '' ? 'this version trades on paper only' : `there is one for ${known}`
  return `an adapter for the venue "${venue}": ${advice}`
}

/** An approval of the configuration as it stands; empty: it is on record. */
export async function missingApproval(
  loaded: LoadedPortfolio,
  control: Pick<Control, 'approvals'>,
): Promise<readonly string[]> {
  const approved = (await control.approvals(loaded.config.name)).at(-1)
  const advice = `"polyfolio config approve ${loaded.file}" approves it`
  if (approved === undefined) return [`an approval of this configuration: none is on record; ${advice}`]
  const changed = changedParts(hashesOf(loaded), approved)
  if (changed.length === 0) return []
  return [
    `an approval of this configuration: ${changed.join(', ')} changed since ${approved.by} approved it; ${advice}`,
  ]
}
