/** The tables through which operators and engines talk, on a simulated disk. */
import type {
  ConfigurationApproval,
  Control,
  ControlAnswer,
  ControlCommand,
  Heartbeat,
  ValidationGate,
} from '../../src/domain/control.ts'
import type { Disk } from './disk.ts'
import type { DiskAccess } from './disk-store.ts'

export interface ControlTables {
  /** In the order in which they were asked. */
  readonly commands: Map<string, ControlCommand>
  readonly gates: ValidationGate[]
  readonly approvals: ConfigurationApproval[]
  heartbeat: Heartbeat | null
}

/** What a process asks for when it looks whether anybody wants something. */
export const COMMANDS = 'commands'

export function emptyControl(): ControlTables {
  return { commands: new Map(), gates: [], approvals: [], heartbeat: null }
}

/** @throws RangeError where a command was not begun, or is answered */
export function demandBegun({ commands }: ControlTables, portfolio: string, answers: readonly ControlAnswer[]): void {
  for (const { id } of answers)
    if (commands.get(id)?.state !== 'begun')
      throw new RangeError(`command "${id}" of "${portfolio}" waits for no answer`)
}

export function answerCommands({ commands }: ControlTables, answers: readonly ControlAnswer[]): void {
  for (const answer of answers) commands.set(answer.id, { ...commands.get(answer.id)!, ...answer })
}

export function diskControl(disk: Disk, access: DiskAccess): Control {
  const tables = (portfolio: string): ControlTables => disk.tables(portfolio).control
  return {
    ask: (command) =>
      access.write(`ask ${command.body.kind}`, () => {
        const { commands } = tables(command.portfolio)
        if (!commands.has(command.id)) commands.set(command.id, { ...command, state: 'asked', answer: '' })
      }),
    find: (portfolio, id) => access.read('command', () => tables(portfolio).commands.get(id)),
    begin: (portfolio) => access.read(COMMANDS, () => begin(tables(portfolio))),
    withdraw: (portfolio, id) => access.read('withdraw', () => withdraw(tables(portfolio), id)),
    beat: (heartbeat) =>
      access.write('heartbeat', () => {
        tables(heartbeat.portfolio).heartbeat = heartbeat
      }),
    beats: () =>
      access.read('heartbeats', () =>
        [...disk.portfolios.keys()].sort().flatMap((portfolio) => tables(portfolio).heartbeat ?? []),
      ),
    recordGate: (portfolio, gate) => access.write('validation gate', () => void tables(portfolio).gates.push(gate)),
    gates: (portfolio) => access.read('validation gates', () => [...tables(portfolio).gates]),
    approveConfiguration: (portfolio, approval) =>
      access.write('approval', () => void tables(portfolio).approvals.push(approval)),
    approvals: (portfolio) => access.read('approvals', () => [...tables(portfolio).approvals]),
  }
}

function begin({ commands }: ControlTables): readonly ControlCommand[] {
  for (const command of commands.values())
    if (command.state === 'asked') commands.set(command.id, { ...command, state: 'begun' })
  return [...commands.values()].filter(({ state }) => state === 'begun')
}

function withdraw({ commands }: ControlTables, id: string): ControlCommand {
  const command = commands.get(id)
  if (command === undefined) throw new RangeError(`no command "${id}" was asked`)
  const now: ControlCommand = command.state === 'asked' ? { ...command, state: 'withdrawn' } : command
  commands.set(id, now)
  return now
}
