import { describe, expect, it } from 'vitest'
import type { Control, ControlCommand, Heartbeat } from '../../domain/control.ts'
import { configureEngine } from './configure-engine.ts'

const PACE = { holdsMs: 40, answersMs: 40, lookMs: 5 }
const FILE = 'a'.repeat(64)
const ASKED = { id: 'aaaaaaaa-0000-4000-8000-000000000001', file: FILE, actor: 'ada' }

/** A control table, and an engine that answers with what it is told to after so many looks. */
function controlOf(after: Partial<ControlCommand>, looks = 1, beat: Partial<Heartbeat> | null = {}) {
  const commands = new Map<string, ControlCommand>()
  let looked = 0
  const control = {
    beats: () =>
      Promise.resolve(
        beat === null ? [] : [{ portfolio: 'One', at: Date.now(), ended: '', seq: 7, ...beat } as unknown as Heartbeat],
      ),
    find(_: string, id: string) {
      const known = commands.get(id)
      looked += 1
      return Promise.resolve(known === undefined || looked <= looks ? known : { ...known, ...after })
    },
    ask(command: ControlCommand) {
      commands.set(command.id, { ...command, state: 'asked', answer: '' })
      return Promise.resolve()
    },
    withdraw: (_: string, id: string) => Promise.resolve({ ...commands.get(id)!, state: 'withdrawn' as const }),
  } as unknown as Control
  return { control, commands }
}

describe('asking an engine to take up its file', () => {
  it('asks once under the id, with the version that was seen, and brings its word', async () => {
    const { control, commands } = controlOf({ state: 'done', answer: 'in force from event 9: 1 setting changed' }, 3)
    expect(await configureEngine(control, 'One', ASKED, PACE)).toMatchObject({ kind: 'done' })
    expect(commands.get(ASKED.id)).toMatchObject({ actor: 'ada', seen: 7, body: { kind: 'configure', file: FILE } })
    expect(await configureEngine(control, 'One', ASKED, PACE)).toMatchObject({ kind: 'done' })
    expect(await configureEngine(control, 'One', { ...ASKED, file: 'b'.repeat(64) }, PACE)).toEqual({ kind: 'reused' })
  })

  it('says that no engine runs instead of asking none', async () => {
    for (const beat of [null, { ended: 'stopped' }, { at: Date.now() - 3_600_000 } as never]) {
      const { control, commands } = controlOf({}, 1, beat)
      const word = await configureEngine(control, 'One', ASKED, PACE)
      expect(word).toMatchObject({ kind: 'declined', answer: expect.stringContaining('No engine runs') })
      expect(commands.size).toBe(0)
    }
  })

  it('takes the question back where nobody begins it, and leaves one that was begun', async () => {
    const idle = await configureEngine(controlOf({}).control, 'One', ASKED, PACE)
    expect(idle).toMatchObject({ kind: 'declined', answer: expect.stringContaining('nothing is changed') })
    const slow = await configureEngine(controlOf({ state: 'begun' }).control, 'One', ASKED, PACE)
    expect(slow).toEqual({ kind: 'unanswered' })
  })
})
