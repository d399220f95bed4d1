/** What live trading asks for and does not find: every line names one thing, and what to do about it. */
import type { Control } from '../../domain/control.ts'
import type { LoadedPortfolio } from '../config/loaded.ts'
import { changedParts, hashesOf } from './approved.ts'

/** Venues at which this version can trade: each has its adapter behind the broker port. */
const VENUES: ReadonlySet<string> = new Set()

/** @param confirm ends of the account's number as the operator typed them */
export async function missingForLive(
  loaded: LoadedPortfolio,
  control: Pick<Control, 'gates' | 'approvals'>,
  confirm: string | undefined,
): Promise<readonly string[]> {
  const { config, file, running } = loaded
  const missing: string[] = []
  if (running.mode !== 'live') missing.push(`"mode: live" in ${file}: it says paper`)
  const venues = Object.keys(config.routing?.brokers ?? {})
  if (venues.length === 0) missing.push(`a venue: ${file} names no broker under "routing:"`)
  for (const venue of venues) {
    if (!VENUES.has(venue)) missing.push(`an adapter for the venue "${venue}": this version trades on paper only`)
  }
  if (confirm === undefined || confirm.length < 4)
    missing.push("--confirm with at least the last four characters of the account's number")
  missing.push(...(await missingGates(loaded, control)), ...(await missingApproval(loaded, control)))
  if (missing.length > 0) {
    // Neither can be had without a connection to the venue, and nobody connects before the rest is there.
    missing.push(`a clean reconciliation of "${config.name}" with the broker's account: it comes with the connection`)
    missing.push('fresh streams of every price that it trades by: they come with the connection')
  }
  return missing
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

async function missingApproval(
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
