/**
 * A person beside the engine: arms it when it asks for nothing else, answers what it asks about, and kills, revives and
 * closes everything by the script of the history.
 */
import type { Control, ControlBody } from '../../src/domain/control.ts'
import type { Instant } from '../../src/domain/units.ts'
import type { OperatorScript } from './faults.ts'
import type { World } from './history.ts'
import type { FileVersion } from './portfolio-file.ts'
import { PORTFOLIO } from './scene.ts'
import { ACCOUNT_SUFFIX } from './venue.ts'

export interface OperatorOptions {
  readonly world: World
  readonly control: Control
  readonly script: OperatorScript
}

/** How often the operator looks at the screen. */
const LOOK_MS = 10_000
const ARMED_MS = 6 * 86_400_000

/** An engine that starts with a file that it cannot take says so, and ends. */
const PATIENCE_MS = 25_000

const isPossible = (version: FileVersion): boolean => version.isPossible

export function createOperator({ world, control, script }: OperatorOptions): void {
  const { scheduler, disk } = world
  const tables = disk.tables(PORTFOLIO)
  let count = 0
  /** While these are in the future the operator does not want it to trade. */
  let offUntil = 0
  const answered = new Set<string>()
  let editedAt = 0

  function ask(body: ControlBody): string {
    count += 1
    const id = `${body.kind} ${count}`
    const seen = tables.journal.length - 1
    const command = {
      id,
      portfolio: PORTFOLIO,
      actor: 'operator',
      at: scheduler.now as Instant,
      seen,
      until: null,
      body,
    }
    void control.ask(command)
    return id
  }

  const isWaiting = (): boolean =>
    [...tables.control.commands.values()].some(({ state }) => state === 'asked' || state === 'begun')

  /** Some entries are approved, some refused, and some forgotten. */
  function answer(): void {
    for (const { id: approval } of tables.control.heartbeat?.approvals ?? []) {
      if (answered.has(approval)) continue
      answered.add(approval)
      const drawn = Number(approval) % 5
      if (drawn === 0) continue
      ask({ kind: 'approve', approval, decision: drawn === 1 ? 'reject' : 'approve', quantity: null })
    }
  }

  /** What was declined is taken back, and what keeps an engine that died from starting. */
  function restore(): void {
    const { file } = world.scene
    if (file.now.isPossible) return
    const asked = [...tables.control.commands.values()].findLast(({ body }) => body.kind === 'configure')
    if (asked?.state !== 'declined' && scheduler.now < editedAt + PATIENCE_MS) return
    file.now = file.versions.slice(0, file.versions.indexOf(file.now)).findLast(isPossible)!
  }

  function look(): void {
    if (world.isOver) return
    scheduler.after(LOOK_MS, 'the operator looks', look)
    restore()
    answer()
    const shut = tables.control.heartbeat?.gates ?? []
    if (scheduler.now < offUntil || isWaiting()) return
    if (shut.some(({ gate }) => gate === 'alive')) ask({ kind: 'revive', reason: 'looked at', account: ACCOUNT_SUFFIX })
    else if (shut.some(({ gate }) => gate === 'armed'))
      ask({ kind: 'arm', account: ACCOUNT_SUFFIX, until: (scheduler.now + ARMED_MS) as Instant })
  }

  for (const { at, reviveAfter } of script.kills)
    scheduler.at(at, 'the operator kills', () => {
      offUntil = Math.max(offUntil, at + reviveAfter)
      ask({ kind: 'kill', reason: 'by the script' })
    })
  for (const { at, armAfter } of script.disarms)
    scheduler.at(at, 'the operator disarms', () => {
      offUntil = Math.max(offUntil, at + armAfter)
      ask({ kind: 'disarm', reason: 'by the script' })
    })
  for (const { at, resumeAfter } of script.flattens ?? [])
    scheduler.at(at, 'the operator has everything closed', () => {
      ask({ kind: 'flatten', sleeve: null, account: ACCOUNT_SUFFIX })
      scheduler.after(resumeAfter, 'the operator lets entries in', () => ask({ kind: 'resume', sleeve: null }))
    })
  for (const at of script.updates ?? [])
    scheduler.at(at, 'the operator asks for a cycle', () => ask({ kind: 'update' }))
  const { file } = world.scene
  for (const [place, { at, edit }] of (script.changes ?? []).entries())
    scheduler.at(at, `the operator edits the file: ${edit}`, () => {
      // Of a portfolio that never ran everything may still be said.
      if (world.firstWrite === null) return
      file.now = file.versions[place + 1]!
      editedAt = scheduler.now
      ask({ kind: 'configure', file: file.now.sha256 })
    })
  scheduler.after(1_000, 'the operator looks', look)
}
