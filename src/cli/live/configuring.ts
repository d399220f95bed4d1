/** An engine is asked to take its portfolio file as it stands now: the file is read again, and the engine told of it. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { AuditLog } from '../../domain/audit.ts'
import type { PortfolioConfig } from '../../domain/config.ts'
import type { ControlBody, ControlCommand } from '../../domain/control.ts'
import type { Json } from '../../domain/units.ts'
import { type ChangeOutcome, outcomeText } from '../../live/change-over.ts'
import type { Told } from '../../live/engine-options.ts'
import { audited } from '../operate/audited.ts'
import { changesBetween } from '../serve/configuration-changes.ts'
import { strategiesWith } from './recorded.ts'
import type { RunOn } from './run-on.ts'

export interface Configuring {
  /** The portfolio file. */
  readonly file: string
  /** Reads it, with the market that it asks for. */
  read(): Promise<RunOn>
  /** Told of what the engine has gone over to. */
  onTaken(on: RunOn, outcome: Extract<ChangeOutcome, { readonly kind: 'taken' }>): void
}

const OTHER_FILE = 'the portfolio file is another one than the one that was seen: look at it again'

/** What the engine is to be told of a command that asks for it. */
export async function toldOfFile(command: ControlCommand, { file, read, onTaken }: Configuring): Promise<Told> {
  const { id, actor, seen } = command
  try {
    if (fingerprintOf(file) !== (command.body as Extract<ControlBody, { kind: 'configure' }>).file)
      return declined(id, OTHER_FILE)
    const on = await read()
    const told = (outcome: ChangeOutcome) => {
      if (outcome.kind === 'taken') onTaken(on, outcome)
      const state = outcome.kind === 'refused' ? ('declined' as const) : ('done' as const)
      return { id, state, answer: answerOf(outcome) }
    }
    const { config, codes } = on.loaded
    const strategies = [...strategiesWith(on.loaded).values()]
    return { change: { config, market: on.market, strategies, codes, actor, id, seen, told } }
  } catch (error) {
    return declined(id, error instanceof Error ? error.message : String(error))
  }
}

/** SHA-256 of a file's bytes, in hex. */
export function fingerprintOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

function declined(id: string, answer: string): Told {
  return { turn: () => ({ events: [], answer: () => ({ id, state: 'declined', answer }), committed() {} }) }
}

function answerOf(outcome: ChangeOutcome): string {
  const text = outcomeText(outcome)
  if (outcome.kind !== 'taken') return text
  const { length } = changesBetween(outcome.before, outcome.after)
  return `${text}: ${length} ${length === 1 ? 'setting' : 'settings'} changed`
}

/** Who changed what, in the portfolio's log: each setting as it was and as it is. */
export async function auditedChange(
  audit: AuditLog,
  portfolio: string,
  {
    before,
    after,
    actor,
  }: { readonly before: PortfolioConfig; readonly after: PortfolioConfig; readonly actor: string },
): Promise<void> {
  const changes = changesBetween(before, after)
  const side = (of: 'before' | 'after'): Json =>
    Object.fromEntries(changes.map((change) => [change.path, change[of] as Json]))
  await audited(audit, portfolio, { action: 'configured', actor, before: side('before'), after: side('after') })
}
