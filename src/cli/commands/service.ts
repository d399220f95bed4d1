import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isServer } from '../../adapters/store/open.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import { loadPortfolio } from '../config/load.ts'
import { print, printJson } from '../output.ts'
import { packageRoot } from '../package-root.ts'
import { unitText } from '../service/unit.ts'

interface NamedOptions {
  readonly name: string
  readonly root: string
  readonly json?: boolean
}

interface InstallOptions extends NamedOptions {
  readonly user?: string
  readonly store?: string
  readonly port?: number
  readonly lan?: boolean
  readonly data?: string
  readonly print?: boolean
}

const UNITS = 'etc/systemd/system'
const HOMES = ['/home/', '/root/']

/** `polyfolio service install`: writes the unit and starts it; further arguments of `serve` stand behind `--`. */
export async function serviceInstall(given: readonly string[], options: InstallOptions): Promise<void> {
  demandLinux('installed')
  const first = given.findIndex((word) => word.startsWith('-'))
  const configs = first === -1 ? given : given.slice(0, first)
  const more = given.slice(configs.length)
  if (configs.length === 0)
    throw new FaultError(fault('SERVICE_REFUSED', { what: 'installed', reason: 'name the portfolio files it runs' }))
  // What is wrong is said now, not in a log that nobody reads.
  for (const config of configs) await loadPortfolio(config)
  const command = commandOf(configs, more, options)
  const isInHome = command.some((word) => HOMES.some((home) => word.startsWith(home)))
  const user = options.user ?? (isInHome ? (process.env['SUDO_USER'] ?? null) : null)
  if (isInHome && user === null)
    throw new FaultError(
      fault('SERVICE_REFUSED', {
        what: 'installed',
        reason: 'something that it reads lies in a home folder: name its owner by --user',
      }),
    )
  const text = unitText({ name: options.name, command, user, isInHome })
  if (options.print === true) {
    print(text)
    return
  }
  const file = unitFile(options)
  write(file, text)
  const isLive = options.root === '/'
  if (isLive) {
    systemctl(['daemon-reload'])
    systemctl(['enable', options.name])
    systemctl(['restart', options.name])
  }
  if (options.json === true) printJson({ unit: file, started: isLive, user: user ?? 'dynamic' })
  else print(`${file} written${isLive ? ` and started; journalctl -u ${options.name} shows what it says` : ''}`)
}

/** `polyfolio service uninstall`: stops it and takes the unit away; what it has kept stays. */
export function serviceUninstall(options: NamedOptions): void {
  demandLinux('uninstalled')
  const file = unitFile(options)
  if (!existsSync(file))
    throw new FaultError(fault('SERVICE_REFUSED', { what: 'uninstalled', reason: `there is no ${file}` }))
  const isLive = options.root === '/'
  if (isLive) systemctl(['disable', '--now', options.name])
  remove(file)
  if (isLive) systemctl(['daemon-reload'])
  const kept = `/var/lib/${options.name}`
  if (options.json === true) printJson({ unit: file, kept })
  else print(`${file} taken away; what it kept is still in ${kept}`)
}

/** `polyfolio service status`: whether it is installed, and how it is. Ends with 1 where it does not run. */
export function serviceStatus(options: NamedOptions): void {
  demandLinux('looked at')
  const file = unitFile(options)
  const isInstalled = existsSync(file)
  const shown = isInstalled && options.root === '/' ? propertiesOf(options.name) : {}
  const state = shown['ActiveState'] ?? 'unknown'
  if (!isInstalled || state !== 'active') process.exitCode = 1
  const document = {
    name: options.name,
    unit: isInstalled ? file : null,
    state,
    substate: shown['SubState'] ?? '',
    since: shown['ActiveEnterTimestamp'] ?? '',
    pid: Number(shown['MainPID'] ?? 0),
    restarts: Number(shown['NRestarts'] ?? 0),
  }
  if (options.json === true) {
    printJson(document)
    return
  }
  if (!isInstalled) print(`${options.name} is not installed: there is no ${file}`)
  else if (state !== 'active') print(`${options.name} is installed and does not run: ${state} ${document.substate}`)
  else {
    const { pid, since, restarts } = document
    print(`${options.name} runs as process ${pid} since ${since}; started again ${restarts} times`)
  }
}

function commandOf(configs: readonly string[], more: readonly string[], options: InstallOptions): readonly string[] {
  const { name, store, port, lan, data } = options
  return [
    realpathSync(process.execPath),
    join(packageRoot(), 'bin', 'polyfolio.js'),
    'serve',
    ...configs.map((config) => resolve(config)),
    '--store',
    store === undefined ? `/var/lib/${name}/polyfolio.db` : isServer(store) ? store : resolve(store),
    ...(port === undefined ? [] : ['--port', String(port)]),
    ...(lan === true ? ['--lan'] : []),
    ...(data === undefined ? [] : ['--data', resolve(data)]),
    ...more,
  ]
}

function unitFile({ name, root }: NamedOptions): string {
  return join(root, UNITS, `${name}.service`)
}

function demandLinux(what: string): void {
  if (process.platform === 'linux') return
  throw new FaultError(fault('SERVICE_REFUSED', { what, reason: 'services of systemd are of Linux alone' }))
}

/** Units are readable by everybody: no secret stands in one. */
function write(file: string, text: string): void {
  try {
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, text, { mode: 0o644 })
  } catch (error) {
    throw new FaultError(fault('SERVICE_REFUSED', { what: 'installed', reason: whyNot(error) }), error)
  }
}

function remove(file: string): void {
  try {
    rmSync(file)
  } catch (error) {
    throw new FaultError(fault('SERVICE_REFUSED', { what: 'uninstalled', reason: whyNot(error) }), error)
  }
}

function whyNot(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'this needs root: sudo, or --print' : message
}

function systemctl(args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('systemctl', args, { encoding: 'utf8' })
  if (status === 0) return stdout
  const reason = error?.message ?? (stderr.trim() || `systemctl ${args[0]} ended with ${status}`)
  throw new FaultError(fault('SERVICE_REFUSED', { what: args[0] ?? '', reason }))
}

const PROPERTIES = ['ActiveState', 'SubState', 'MainPID', 'NRestarts', 'ActiveEnterTimestamp']

function propertiesOf(name: string): Readonly<Record<string, string>> {
  const text = systemctl(['show', name, ...PROPERTIES.map((property) => `--property=${property}`)])
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}
