import { existsSync } from 'node:fs'
import { casesFolder } from '../outside-data.ts'
import { caseFiles } from './case-files.ts'
import { judgeCase, type Verdict } from './run-case.ts'

/*
 * npm run cases -- DIR...    puts every worked case below the folders through the product, one line each.
 * Without DIR: the folder that POLYFOLIO_CASES names. Exit 0 only when nothing failed.
 */

function lineOf(verdict: Verdict): string {
  if (verdict.kind === 'pass') return `pass ${verdict.name} (${verdict.compared} values)`
  return `${verdict.kind} ${verdict.name}: ${verdict.cause}`
}

function main(): number {
  const given = process.argv.slice(2)
  const fallback = casesFolder()
  const folders = given.length > 0 ? given : fallback === null ? [] : [fallback]
  if (folders.length === 0) {
    console.error('no folder of cases; name one, or set POLYFOLIO_CASES')
    return 2
  }
  const missing = folders.filter((folder) => !existsSync(folder))
  if (missing.length > 0) {
    console.error(`no folder "${missing.join('", "')}"; check the path`)
    return 2
  }
  const count = { pass: 0, fail: 0, unsupported: 0 }
  for (const file of folders.flatMap(caseFiles)) {
    const verdict = judgeCase(file)
    if (verdict === null) continue
    count[verdict.kind] += 1
    console.log(lineOf(verdict))
  }
  console.log(`${count.pass} passed, ${count.fail} failed, ${count.unsupported} skipped`)
  return count.fail === 0 ? 0 : 1
}

process.exitCode = main()
