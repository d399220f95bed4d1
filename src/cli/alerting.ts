/** Commands about alerts: who would be told, whether messages arrive, what was told. */
import { type Command, Option } from 'commander'
import { DELIVERY_STATES } from '../domain/alerts.ts'
import { count, folder, jsonOption } from './arguments.ts'

const ROWS = 20

const storeOption = (): Option =>
  new Option('--store <store>', 'where everything is kept: a file, or postgres://...')
    .argParser(folder)
    .default('polyfolio.db')
const portfolioOption = (): Option => new Option('--portfolio <name>', 'which one, where the store holds several')

export function addAlerts(program: Command): void {
  const alerts = program.command('alerts').description('who is told of what, and whether it arrives')
  alerts
    .command('list [config]')
    .description('channels and rules, and which channels cannot be used')
    .addOption(storeOption())
    .addOption(portfolioOption())
    .addOption(jsonOption())
    .action(async (config: string | undefined, options) =>
      (await import('./commands/alerts.ts')).alertsList(config, options),
    )
  alerts
    .command('test <channel> [config]')
    .description('send one message now, and print what the service answered')
    .addOption(storeOption())
    .addOption(portfolioOption())
    .addOption(jsonOption())
    .action(async (channel: string, config: string | undefined, options) =>
      (await import('./commands/alerts.ts')).alertsTest(channel, config, options),
    )
  alerts
    .command('log')
    .description('what was told, and what became of it; newest first')
    .addOption(storeOption())
    .addOption(portfolioOption())
    .addOption(new Option('--channel <name>', 'of this one alone'))
    .addOption(new Option('--state <state>', 'in this state alone').choices(DELIVERY_STATES))
    .addOption(new Option('--rows <count>', 'how many').argParser(count).default(ROWS))
    .addOption(jsonOption())
    .action(async (options) => (await import('./commands/alerts.ts')).alertsLog(options))
}
