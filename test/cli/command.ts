import { type ChildProcess, spawn } from 'node:child_process'
import { builtModule } from '../built.ts'

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Starts the command line, built from its sources, as a user does in `folder`. */
export function start(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  return spawn(process.execPath, [builtModule('src/cli/main.ts'), ...args], {
    cwd: folder,
    env: { ...process.env, POLYFOLIO_DEBUG: '', NO_COLOR: '1', ...environment },
  })
}

/** Runs it to its end. */
export function command(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((done, refuse) => {
    const child = start(folder, args, environment)
    let out = ''
    let err = ''
    child.stdout!.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.on('error', refuse)
    child.on('close', (code) => done({ code, out, err: err.replace(/^.*ExperimentalWarning.*\n/gm, '') }))
  })
}

/** All of them, two at a time: starting a process is what takes long. */
export async function commands(folder: string, table: readonly (readonly string[])[]): Promise<readonly Ended[]> {
  const ended: Ended[] = []
  let next = 0
  const work = async (): Promise<void> => {
    while (next < table.length) {
      const at = next
      next += 1
      ended[at] = await command(folder, table[at]!)
    }
  }
  await Promise.all([work(), work()])
  return ended
}
