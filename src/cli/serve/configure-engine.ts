/** Asks a running engine to take up its portfolio file as it stands, and waits for its word. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Control, ControlCommand } from '../../domain/control.ts'
import type { Instant } from '../../domain/units.ts'
import { isRunning } from '../operate/status-text.ts'

/** `declined`: with the engine's reasons, a line for each; `unanswered`: begun, and not ended in time. */
export type EngineWord =
  | { readonly kind: 'done' | 'declined'; readonly answer: string }
  | { readonly kind: 'reused' | 'unanswered' }

export interface ConfigureAsked {
  /** Random: the same id again is the same command. */
  readonly id: string
  /** SHA-256 of the file's bytes, in hex. */
  readonly file: string
  readonly actor: string
}

export interface ConfigurePace {
  /** How long it may wait to be begun. */
  readonly holdsMs: number
  /** How long whoever asked waits once it is begun. */
  readonly answersMs: number
  readonly lookMs: number
}

const PACE: ConfigurePace = { holdsMs: 30_000, answersMs: 60_000, lookMs: 100 }

const NOT_RUNNING =
  'No engine runs this portfolio now. Start it, and save again; or change the file itself, which its next start reads.'

export async function configureEngine(
  control: Control,
  portfolio: string,
  { id, file, actor }: ConfigureAsked,
  pace: ConfigurePace = PACE,
): Promise<EngineWord> {
  const known = await control.find(portfolio, id)
  if (known === undefined) {
    const now = Date.now()
    const beat = (await control.beats()).find((one) => one.portfolio === portfolio)
    if (beat === undefined || !isRunning(beat, now)) return { kind: 'declined', answer: NOT_RUNNING }
    await control.ask({
      id,
      portfolio,
      actor,
      at: now as Instant,
      seen: beat.seq,
      until: (now + pace.holdsMs) as Instant,
      body: { kind: 'configure', file },
    })
  } else if (known.body.kind !== 'configure' || known.body.file !== file) return { kind: 'reused' }
  return wordOf(await settled(control, portfolio, id, pace))
}

async function settled(control: Control, portfolio: string, id: string, pace: ConfigurePace): Promise<ControlCommand> {
  const since = performance.now()
  for (;;) {
    const command = (await control.find(portfolio, id))!
    const waited = performance.now() - since
    if (command.state === 'asked' && waited >= pace.holdsMs) return control.withdraw(portfolio, id)
    if ((command.state !== 'asked' && command.state !== 'begun') || waited >= pace.holdsMs + pace.answersMs) {
      return command
    }
    await wait(pace.lookMs)
  }
}

function wordOf({ state, answer }: ControlCommand): EngineWord {
  if (state === 'done' || state === 'declined') return { kind: state, answer }
  if (state === 'withdrawn')
    return { kind: 'declined', answer: 'The engine did not take it up in time; nothing is changed.' }
  return { kind: 'unanswered' }
}
