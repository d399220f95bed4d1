import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { type EngineExit, type SupervisorRules, supervise } from './supervise.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-supervised-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const QUICK: SupervisorRules = { retryMs: 40, crashMs: 5, restartsMost: 4, withinMs: 60_000, stopMs: 2_000 }

/** Each start runs the next piece of program; the last one again and again. */
function child(...programs: readonly string[]): { readonly start: () => ChildProcess; readonly starts: () => number } {
  let started = 0
  return {
    start() {
      const text = programs[Math.min(started, programs.length - 1)]!
      started += 1
      return spawn(process.execPath, ['-e', text], { stdio: 'ignore' })
    },
    starts: () => started,
  }
}

function hooks() {
  const alerts: EngineExit[] = []
  const waits: number[] = []
  const onAlert = (exit: EngineExit): void => void alerts.push(exit)
  const onRestart = (_: EngineExit, after: number): void => void waits.push(after)
  return { alerts, waits, onAlert, onRestart }
}

const crash = 'process.kill(process.pid, "SIGKILL")'
const never = new AbortController().signal

describe('an engine under supervision', () => {
  it('is started again after it crashed, later each time, and after a failure later still', async () => {
    const engine = child(crash, crash, 'process.exit(1)', 'process.exit(0)')
    const seen = hooks()
    expect(await supervise(engine.start, QUICK, seen, never)).toBe('ended')
    expect(engine.starts()).toBe(4)
    expect(seen.waits).toEqual([5, 10, 40])
    expect(seen.alerts).toEqual([{ code: null, signal: 'SIGKILL' }])
  })

  it('is given up when it fails too often', async () => {
    const engine = child('process.exit(1)')
    const seen = hooks()
    expect(await supervise(engine.start, { ...QUICK, retryMs: 5 }, seen, never)).toBe('givenUp')
    expect(engine.starts()).toBe(5)
    expect(seen.alerts).toHaveLength(1)
  })

  it('is not started again where its input is wrong, nor where only a sleeve was paused', async () => {
    for (const [code, end] of [
      [2, 'refused'],
      [3, 'ended'],
      [0, 'ended'],
    ] as const) {
      const engine = child(`process.exit(${code})`)
      expect(await supervise(engine.start, QUICK, hooks(), never)).toBe(end)
      expect(engine.starts()).toBe(1)
    }
  })

  it('is told to stop with its supervisor, and may end in order', async () => {
    const file = join(folder, 'said')
    const write = (text: string): string => `require('fs').writeFileSync(${JSON.stringify(file)}, '${text}')`
    const orderly = `process.on('SIGTERM', () => setTimeout(() => { ${write('closed')}; process.exit(0) }, 50))
      ; ${write('open')}; setInterval(() => {}, 1000)`
    const stop = new AbortController()
    const engine = child(orderly)
    const end = supervise(engine.start, QUICK, hooks(), stop.signal)
    const said = (): string => {
      try {
        return readFileSync(file, 'utf8')
      } catch {
        return ''
      }
    }
    while (said() !== 'open') await wait(20)
    stop.abort()
    expect(await end).toBe('ended')
    expect(said()).toBe('closed')
    expect(engine.starts()).toBe(1)
  })

  it('is killed where it does not stop', async () => {
    const stop = new AbortController()
    const engine = child(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.stdout.write('x')`)
    let started: ChildProcess | null = null
    const start = (): ChildProcess => {
      started = engine.start()
      return started
    }
    const end = supervise(start, { ...QUICK, stopMs: 300 }, hooks(), stop.signal)
    await wait(500)
    stop.abort()
    expect(await end).toBe('ended')
    expect(started!.exitCode ?? started!.signalCode).toBe('SIGKILL')
  })
})
