/** Commands that make a service of the machine out of `serve`. */
import { type Command, Option } from 'commander'
import { folder, jsonOption, notNegative } from './arguments.ts'

const nameOption = (): Option => new Option('--name <name>', 'of the service').default('polyfolio')
const rootOption = (): Option =>
  new Option('--root <folder>', 'write below this folder, and start nothing: for images and tests')
    .argParser(folder)
    .default('/')

export function addService(program: Command): void {
  const service = program.command('service').description('serve as a service of systemd, on Linux')
  service
    .command('install <configs...>')
    .description('write a hardened unit and start it; what stands behind -- is given to serve')
    .addOption(nameOption())
    .addOption(new Option('--user <name>', 'as whom it runs; one that is made for it alone where left out'))
    .addOption(new Option('--store <store>', 'a file, or postgres://...; /var/lib/NAME/polyfolio.db where left out'))
    .addOption(new Option('--port <port>', 'as in serve').argParser(notNegative))
    .addOption(new Option('--lan', 'as in serve'))
    .addOption(new Option('--data <folder>', 'as in serve').argParser(folder))
    .addOption(new Option('--print', 'print the unit, and change nothing'))
    .addOption(rootOption())
    .addOption(jsonOption())
    .action(async (configs: readonly string[], options) =>
      (await import('./commands/service.ts')).serviceInstall(configs, options),
    )
  service
    .command('uninstall')
    .description('stop it and take the unit away; what it has kept stays')
    .addOption(nameOption())
    .addOption(rootOption())
    .addOption(jsonOption())
    .action(async (options) => (await import('./commands/service.ts')).serviceUninstall(options))
  service
    .command('status')
    .description('whether it is installed, and how it is')
    .addOption(nameOption())
    .addOption(rootOption())
    .addOption(jsonOption())
    .action(async (options) => (await import('./commands/service.ts')).serviceStatus(options))
}
