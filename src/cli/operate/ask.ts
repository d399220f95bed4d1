/** Asks a running engine through its store, and waits for its answer. */
import { randomUUID } from 'node:crypto'
import { userInfo } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import type { ControlBody, ControlCommand } from '../../domain/control.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Instant } from '../../domain/units.ts'
import { print, printJson } from '../output.ts'
import { type Addressed, type StoreOptions, withPortfolio } from './portfolio-of.ts'
import { isRunning } from './status-text.ts'

export interface AskOptions extends StoreOptions {
  readonly actor?: string
  /** Number of the event that whoever asks has seen last; the last one there is where left out. */
  readonly seen?: number
  /** Seconds to wait for an answer. */
  readonly wait: number
  readonly json?: boolean
}

const LOOK_MS = 100

/** @throws FaultError where no engine runs, it declines, or it does not answer in time */
export async function askEngine(body: ControlBody, options: AskOptions): Promise<void> {
  await withPortfolio(options, async (found) => {
    const command = await asked(found, body, options)
    const ended = await answered(found, command, options)
    if (ended.state === 'declined') {
      throw new FaultError(fault('COMMAND_DECLINED', { command: body.kind, reason: ended.answer }))
    }
    if (ended.state !== 'done') throw unanswered(found, ended, options)
    if (options.json === true) printJson(documentOf(ended))
    else print(`${found.portfolio}: ${ended.answer}`)
  })
}

function documentOf({ id, portfolio, actor, at, seen, body, state, answer }: ControlCommand) {
  return { id, portfolio, actor, at: new Date(at).toISOString(), seen, command: body.kind, state, answer }
}

async function asked(
  { store, portfolio, seq }: Addressed,
  body: ControlBody,
  options: AskOptions,
): Promise<ControlCommand> {
  const now = Date.now()
  const command = {
    id: randomUUID(),
    portfolio,
    actor: options.actor ?? userInfo().username,
    at: now as Instant,
    seen: options.seen ?? seq,
    // A kill holds until somebody acts on it; whatever else nobody waits for any more is not to be begun.
    until: body.kind === 'kill' ? null : ((now + options.wait * 1_000) as Instant),
    body,
  }
  await store.control.ask(command)
  return { ...command, state: 'asked', answer: '' }
}

async function answered(
  { store, portfolio }: Addressed,
  command: ControlCommand,
  options: AskOptions,
): Promise<ControlCommand> {
  const until = Date.now() + options.wait * 1_000
  for (;;) {
    const now = (await store.control.find(portfolio, command.id))!
    if (now.state !== 'asked' && now.state !== 'begun') return now
    if (Date.now() >= until) return command.body.kind === 'kill' ? now : store.control.withdraw(portfolio, command.id)
    await wait(LOOK_MS)
  }
}

/** Why there is no answer, and what became of what was asked. */
function unanswered({ portfolio, heartbeat }: Addressed, command: ControlCommand, { store }: AskOptions): FaultError {
  const engine = isRunning(heartbeat, Date.now())
    ? `the engine of "${portfolio}", ${heartbeat!.owner}, has not answered yet`
    : `no engine runs "${portfolio}"${lastOneText(heartbeat)}`
  return new FaultError(fault('COMMAND_UNANSWERED', { engine, outcome: outcomeOf(command), store }))
}

function lastOneText(heartbeat: Addressed['heartbeat']): string {
  if (heartbeat === null) return ''
  const { owner, at, ended } = heartbeat
  return `: the last one, ${owner}, ${ended === '' ? 'was last heard' : 'ended'} at ${new Date(at).toISOString()}`
}

function outcomeOf({ body, state, id }: ControlCommand): string {
  if (state === 'withdrawn') return 'nothing was done, and nothing will be'
  if (body.kind === 'kill') return 'it stays written down, and whoever runs it next acts on it before anything else'
  return `it was taken up and will be answered; "polyfolio status" shows the outcome of ${id}`
}
