import { type Command, Option } from 'commander'

const JSON_SAID = 'print one JSON document on stdout and nothing else'

const configurationsOption = () =>
  new Option('--file <store>', 'file of trained configurations, or a portfolio that names one').default(
    'configurations.json',
  )
const noteOption = () => new Option('--note <text>', 'why, kept in the history')

/** The commands of `polyfolio configs`. */
export function addConfigurations(program: Command): void {
  const configs = program.command('configs').description('trained configurations: parameter sets with their records')
  const command = (name: string, said: string) =>
    configs.command(name).description(said).addOption(configurationsOption())
  const load = () => import('../commands/configs.ts')
  command('list', 'every configuration, those that trade first')
    .addOption(new Option('--json', JSON_SAID))
    .action(async (options) => (await load()).configsList(options))
  command('show <id>', 'everything that is recorded of one; ID is the latest version, ID@2 that one')
    .addOption(new Option('--json', JSON_SAID))
    .action(async (id: string, options) => (await load()).configsShow(id, options))
  command('activate <id>', 'let it be a sleeve of the portfolio').action(async (id: string, options) =>
    (await load()).configsActivate(id, options),
  )
  command('deactivate <id>', 'take it out of the portfolio').action(async (id: string, options) =>
    (await load()).configsDeactivate(id, options),
  )
  command('promote <id>', 'one stage up, where its validation allows it')
    .option('--force', 'though its validation does not allow it; needs a note')
    .addOption(noteOption())
    .action(async (id: string, options) => (await load()).configsPromote(id, options))
  command('retire <id>', 'out of the portfolio for good; its record stays')
    .addOption(noteOption())
    .action(async (id: string, options) => (await load()).configsRetire(id, options))
  command('export <id>', 'print it as a document of its own').action(async (id: string, options) =>
    (await load()).configsExport(id, options),
  )
  command('import <from>', 'take every configuration of a file: new parameter sets are new versions').action(
    async (from: string, options) => (await load()).configsImport(from, options),
  )
}
