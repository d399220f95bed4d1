import { existsSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { FaultError, fault } from '../../domain/faults.ts'
import { checkFile, checkFolder, type DataCheck, type FileVerdict } from '../data/check.ts'
import { EXIT } from '../failure.ts'
import { print, printJson } from '../output.ts'

/** `polyfolio data check`: the verdict on a file, or on every data file of a folder. Exit 2 when one is refused. */
export async function dataCheck(path: string, options: { readonly json?: boolean }): Promise<void> {
  const result = await check(path)
  if (result.totals.refused > 0) process.exitCode = EXIT.refused
  if (options.json === true) {
    printJson(result)
    return
  }
  for (const file of result.files) print(verdictText(file))
  const { files, ok, repaired, refused } = result.totals
  print(`${files} files: ${ok} ok, ${repaired} repaired, ${refused} refused`)
}

async function check(path: string): Promise<DataCheck> {
  if (!existsSync(path)) throw new FaultError(fault('FILE_MISSING', { file: path }))
  if (statSync(path).isDirectory()) return checkFolder(path)
  const file = await checkFile(path, basename(path))
  const one = (verdict: FileVerdict['verdict']): number => (file.verdict === verdict ? 1 : 0)
  return { files: [file], totals: { files: 1, ok: one('ok'), repaired: one('repaired'), refused: one('refused') } }
}

/** A verdict for people: the file, how far it reaches, and what was found. */
export function verdictText(file: FileVerdict): string {
  const reach = file.rows === null ? '' : `  ${file.rows} rows, ${file.first ?? '?'} to ${file.last ?? '?'}`
  const error = file.error === null ? '' : `\n    ${file.error}`
  const findings = file.findings.map(
    ({ kind, text, line, count }) => `\n    ${kind}: ${text}${count > 1 ? ` (${count} times)` : ''}, line ${line}`,
  )
  return `${file.verdict.padEnd(9)}${file.file}${reach}${error}${findings.join('')}`
}
