import { type Command, InvalidArgumentError, Option } from 'commander'

/* Commands about a store. Each one's own module is loaded when it runs. */

function days(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0)) throw new InvalidArgumentError('Write days, at least 0.')
  return value
}

const daysOption = (flags: string, description: string): Option => new Option(flags, description).argParser(days)

export function addStore(program: Command): void {
  const store = program.command('store').description('where events are kept')
  store
    .command('check <store>')
    .description('read everything and recompute every hash')
    .option('--json', 'print one JSON document')
    .action(async (file: string, options) => (await import('./commands/store.ts')).storeCheck(file, options))
  store
    .command('backup <store> <copy>')
    .description('a whole copy, checked, also while an engine writes')
    .action(async (from: string, copy: string) => (await import('./commands/store.ts')).storeCopy(from, copy))
  store
    .command('restore <copy> <store>')
    .description('a copy to where no store is, checked')
    .action(async (copy: string, to: string) => (await import('./commands/store.ts')).storeRestore(copy, to))
  store
    .command('migrate <store>')
    .description('bring the tables to the newest form; a copy is made before')
    .action(async (file: string) => (await import('./commands/store.ts')).storeMigrate(file))
  store
    .command('export <store>')
    .description('every table as files')
    .requiredOption('--to <folder>', 'where they go')
    .addOption(new Option('--format <format>', 'of the files').choices(['csv', 'json', 'parquet']).default('csv'))
    .action(async (file: string, options) => (await import('./commands/store.ts')).storeExport(file, options))
  store
    .command('rekey <store>')
    .description('encrypt a store, or change its key; the key of now comes from the environment')
    .requiredOption('--new-key <file>', 'file with 32 bytes, as hexadecimal digits or base 64')
    .action(async (file: string, options) => (await import('./commands/store.ts')).storeRekey(file, options))
  store
    .command('rebuild <config>')
    .description('the readable tables made again from the journal alone')
    .addOption(
      new Option('--store <store>', 'where every event is kept: a file, or postgres://...').makeOptionMandatory(),
    )
    .option('--check', 'change nothing: compare row by row')
    .action(async (config: string, options) => (await import('./commands/store.ts')).storeRebuild(config, options))
  store
    .command('prune <store>')
    .description('let go of what is old; what is not named stays for ever')
    .addOption(daysOption('--slices <days>', 'bars older than this go into the archive'))
    .addOption(daysOption('--messages <days>', 'delivered messages'))
    .addOption(daysOption('--cycles <days>', 'equity at every close'))
    .addOption(daysOption('--hours <days>', 'equity by the hour'))
    .addOption(daysOption('--snapshots <days>', 'states to go on from; the last three stay'))
    .option('--archive <folder>', 'of the bars; beside the file where left out')
    .action(async (file: string, options) => (await import('./commands/store.ts')).storePrune(file, options))
  store
    .command('show <store> <portfolio>')
    .description('the portfolio that the views speak of, where the store holds several')
    .action(async (file: string, portfolio: string) => (await import('./commands/store.ts')).storeShow(file, portfolio))
}
