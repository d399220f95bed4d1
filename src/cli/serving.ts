/** Commands that keep running, and what is asked of their workers. */
import { Argument, type Command, Option } from 'commander'
import { JOB_KINDS, type JobKind } from '../domain/jobs.ts'
import { busAddress, count, dataOption, folder, jsonOption, notNegative, seconds, seed } from './arguments.ts'
import { speedFromOption, speedOption } from './operating.ts'

const ROLES = ['engine', 'api', 'worker', 'all']
const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent']
const PORT = 8420

const storeOption = (): Option =>
  new Option('--store <store>', 'where everything is kept: a file, or postgres://...')
    .argParser(folder)
    .default('polyfolio.db')
const jobsOption = (): Option =>
  new Option(
    '--jobs <address>',
    'the queue of jobs on Redis: redis://host:port; in the store where left out',
  ).argParser(busAddress)

export function addServing(program: Command): void {
  program
    .command('serve [configs...]')
    .description('engines under supervision, what is shown of them, and workers: in one process, or each in its own')
    .addOption(new Option('--role <role>', 'what this process does').choices(ROLES).default('all'))
    .addOption(storeOption())
    .addOption(new Option('--bus <address>', 'tell others through Redis: redis://host:port').argParser(busAddress))
    .addOption(jobsOption())
    .addOption(
      new Option('--port <port>', 'that it answers on; 0: any that is free').argParser(notNegative).default(PORT),
    )
    .addOption(new Option('--listen <address>', 'that it answers on; 127.0.0.1, this machine alone, where left out'))
    .addOption(new Option('--lan', 'answer in the local network, with TLS; makes a certificate where none is named'))
    .addOption(new Option('--tls-cert <file>', 'certificate, PEM').argParser(folder))
    .addOption(new Option('--tls-key <file>', 'its key, PEM').argParser(folder))
    .addOption(new Option('--trusted-proxy <address>', 'of a proxy that speaks TLS before it'))
    .addOption(new Option('--host-name <names...>', 'names by which it is asked for, such as that of the proxy'))
    .addOption(
      new Option('--requests-per-minute <count>', 'requests of one address; 30,000 where left out').argParser(count),
    )
    .addOption(
      new Option('--changes-per-minute <count>', 'changes that one user asks for; 300 where left out').argParser(count),
    )
    .addOption(
      new Option(
        '--auth <how>',
        'required: sign in by name and passphrase; link: the console prints a one-time link',
      ).choices(['required', 'link']),
    )
    .addOption(dataOption())
    .addOption(new Option('--seed <number>', 'without --data: of the simulated market').argParser(seed))
    .addOption(new Option('--from <date>', 'first day, YYYY-MM-DD'))
    .addOption(new Option('--to <date>', 'last day, YYYY-MM-DD'))
    .addOption(speedOption())
    .addOption(speedFromOption())
    .addOption(new Option('--every <seconds>', 'wait between two instants').argParser(seconds))
    .option('--follow', 'at the last bar, wait for those that are written to the files behind it')
    .addOption(new Option('--log <file>', 'where logs go; stderr where left out').argParser(folder))
    .addOption(
      new Option('--backtests <folder>', 'results of backtests, a folder each, to be seen beside what runs').argParser(
        folder,
      ),
    )
    .addOption(new Option('--log-level <level>', 'the least that is said').choices(LOG_LEVELS).default('info'))
    .action(async (configs: readonly string[], options) =>
      (await import('./commands/serve.ts')).serve(configs, options),
    )
  const jobs = program.command('jobs').description('long questions that workers answer')
  jobs
    .command('add')
    .description('ask: a command, and what stands behind it, after --')
    .addArgument(new Argument('<kind>', 'the command').choices(JOB_KINDS))
    .argument('[args...]', 'what stands behind it')
    .addOption(storeOption())
    .addOption(jobsOption())
    .addOption(jsonOption())
    .action(async (kind: JobKind, args: readonly string[], options) =>
      (await import('./commands/jobs.ts')).jobsAdd(kind, args, options),
    )
  jobs
    .command('list')
    .description('the last ones, newest first')
    .addOption(storeOption())
    .addOption(jobsOption())
    .addOption(jsonOption())
    .action(async (options) => (await import('./commands/jobs.ts')).jobsList(options))
  jobs
    .command('show <id>')
    .description('what came of one')
    .addOption(storeOption())
    .addOption(jobsOption())
    .addOption(jsonOption())
    .action(async (id: string, options) => (await import('./commands/jobs.ts')).jobsShow(id, options))
}
