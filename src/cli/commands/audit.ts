import { openForReading } from '../../adapters/store/read-only.ts'
import type { AccessKind, AccessRow } from '../../domain/access.ts'
import type { AuditLog } from '../../domain/audit.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Instant } from '../../domain/units.ts'
import { print, printJson } from '../output.ts'
import { textTable } from '../text-table.ts'

interface AuditOptions {
  readonly store: string
  readonly portfolio?: string
  readonly user?: string
  readonly kind?: AccessKind
  readonly action?: string
  readonly since?: Instant
  readonly limit: number
  readonly json?: boolean
  readonly end: readonly string[]
}

/** `polyfolio audit`: who saw and did what, newest first, and whether it stands as it was written. */
export async function audit(options: AuditOptions): Promise<void> {
  const { store, close } = await openForReading(options.store)
  try {
    const { store: _, json, end: __, ...query } = options
    const { rows, next } = await store.access.accessLog(query)
    const broken = await brokenLinks(store.audit, rows)
    if (json === true) printJson({ entries: rows.map(documentOf), older: next !== null, broken })
    else printRows(rows, next !== null)
    const [reason] = broken
    if (reason !== undefined) throw new FaultError(fault('STORE_DAMAGED', { store: options.store, reason }))
  } finally {
    await close()
  }
}

/** `polyfolio audit verify`: recomputes every hash of every chain, and says where each ends, to be kept elsewhere. */
export async function auditVerify({ store: name, end, json }: AuditOptions): Promise<void> {
  const noted = end.map(notedEnd)
  const { store, close } = await openForReading(name)
  try {
    const chains: CheckedChain[] = []
    for (const chain of await store.audit.chains()) {
      const problem = (await store.audit.broken(chain)) ?? (await missingEnd(store.audit, chain, noted))
      chains.push({ chain, head: await store.audit.head(chain), problem })
    }
    for (const { chain } of noted.filter((one) => chains.every(({ chain: known }) => known !== one.chain)))
      chains.push({ chain, head: null, problem: `${chainName(chain)} is gone` })
    if (json === true) printJson({ chains })
    else if (chains.length === 0) print('Nothing is on record.')
    else {
      const rows = chains.map(({ chain, head, problem }) => [
        chainName(chain),
        head === null ? '' : `${chain}=${head.number}:${head.hash}`,
        problem ?? 'every link holds',
      ])
      print(textTable(['Log', 'Ends with', 'State'], rows))
    }
    const reason = chains.find(({ problem }) => problem !== null)?.problem ?? null
    if (reason !== null) throw new FaultError(fault('STORE_DAMAGED', { store: name, reason }))
  } finally {
    await close()
  }
}

interface CheckedChain {
  readonly chain: string
  readonly head: Awaited<ReturnType<AuditLog['head']>>
  readonly problem: string | null
}

interface NotedEnd {
  readonly chain: string
  readonly number: number
  readonly hash: string
}

/** @throws FaultError OPTION_INVALID */
function notedEnd(text: string): NotedEnd {
  const [, chain, number, hash] = /^(.*)=(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (chain === undefined) {
    const reason = `"${text}" is no end of a log; write one as audit verify prints it`
    throw new FaultError(fault('OPTION_INVALID', { option: '--end', reason }))
  }
  return { chain, number: Number(number), hash: hash! }
}

async function missingEnd(
  log: Pick<AuditLog, 'link'>,
  chain: string,
  noted: readonly NotedEnd[],
): Promise<string | null> {
  for (const end of noted) {
    if (end.chain !== chain || (await log.link(chain, end.number)) === end.hash) continue
    return `${chainName(chain)} had entry ${end.number} with another hash, or has it no more`
  }
  return null
}

function chainName(chain: string): string {
  return chain === '' ? 'the log of access' : `the audit log of "${chain}"`
}

/** Of the chains that what is shown stands in. */
async function brokenLinks(
  log: { broken(chain: string): Promise<string | null> },
  rows: readonly AccessRow[],
): Promise<readonly string[]> {
  const found: string[] = []
  for (const chain of new Set(rows.map((row) => row.chain))) {
    const problem = await log.broken(chain)
    if (problem !== null) found.push(problem)
  }
  return found
}

function printRows(rows: readonly AccessRow[], isMore: boolean): void {
  if (rows.length === 0) {
    print('Nothing is on record.')
    return
  }
  const cells = rows.map(({ at, user, kind, action, portfolio, subject, outcome, before, after }) => [
    new Date(at).toISOString().replace('T', ' ').slice(0, 19),
    user,
    kind,
    action,
    portfolio,
    subject,
    outcome,
    changeText(before, after),
  ])
  print(textTable(['When', 'Who', 'Kind', 'What', 'Portfolio', 'Of', 'Outcome', 'Before and after'], cells))
  if (isMore) print('There are older ones: --limit shows more.')
}

/** Longer ones are shown by `--json`. */
const TEXT_MAX = 80

function changeText(before: unknown, after: unknown): string {
  const parts = [before, after].map((value) => (value === null ? '' : JSON.stringify(value)))
  const text = parts[0] === '' ? parts[1]! : parts.join(' -> ')
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 3)}...` : text
}

function documentOf({ at, ...row }: AccessRow) {
  return { ...row, at: new Date(at).toISOString() }
}
