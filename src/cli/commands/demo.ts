import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { packageRoot } from '../package-root.ts'
import { requireFolder } from '../paths.ts'
import { fileUrl, type RunOptions, runAndReport } from '../run.ts'

interface DemoOptions extends RunOptions {
  readonly seed: number
  readonly data?: string
  readonly open?: boolean
}

/** `polyfolio demo`: a portfolio on a simulated market, or on the files of a data folder; the channels where none is named. */
export async function demo(config: string | undefined, options: DemoOptions): Promise<void> {
  if (options.data !== undefined) requireFolder(options.data)
  const source = options.data === undefined ? { seed: options.seed } : { data: options.data }
  await runAndReport(config ?? join(packageRoot(), 'presets', 'channels.yaml'), source, options)
  const page = fileUrl(resolve(options.out, 'report.html'))
  if (options.open === true) openPage(page)
}

/** Shows a page in the user's browser; where there is none, the printed address has to do. */
function openPage(page: string): void {
  const [command, ...args] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open']
  const child = spawn(command!, [...args, page], { stdio: 'ignore', detached: true })
  child.on('error', () => process.stderr.write(`note: no browser could be opened; open ${page} yourself\n`))
  child.unref()
}
