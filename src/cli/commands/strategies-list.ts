import { existsSync } from 'node:fs'
import { FaultError, fault } from '../../domain/faults.ts'
import { print, printJson } from '../output.ts'
import { builtInViews, strategyFiles, viewOfFile } from '../strategies/views.ts'
import { textTable } from '../text-table.ts'

/** `polyfolio strategies list`: the built-in strategies, and those of a portfolio's or a folder's own files. */
export function strategiesList(path: string | undefined, options: { readonly json?: boolean }): void {
  if (path !== undefined && !existsSync(path)) throw new FaultError(fault('FILE_MISSING', { file: path }))
  const found = path === undefined ? [] : strategyFiles(path).map(viewOfFile)
  const own = found.flatMap((view) => ('name' in view ? [view] : []))
  const refused = found.flatMap((view) => ('name' in view ? [] : [view]))
  const strategies = [...builtInViews(), ...own]
  if (options.json === true) {
    printJson({ strategies, refused })
    return
  }
  const rows = strategies.map(({ name, source, parameters, summary }) => [
    name,
    source,
    String(parameters.length),
    summary ?? '',
  ])
  print(textTable(['strategy', 'source', 'parameters', 'what it does'], rows, [2]))
  for (const { source, reason } of refused) print(`\n${source} cannot be used: ${reason}`)
}
