import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { killedYear, killRounds } from './rounds.ts'

/* `npm run test:kill -- [kills] [seed]`: kill -9 of the real process at random moments of a year of paper trading. */

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const [kills = '100', seed = String(Date.now() % 1_000_000)] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'polyfolio-kill-'))
try {
  console.log(`${kills} kills, seed ${seed}`)
  const outcome = await killRounds({
    folder,
    args: killedYear(root),
    kills: Number(kills),
    seed: Number(seed),
    onRound: (round, how) => process.stderr.write(`\r${round + 1} of ${kills}: ${how}  `),
  })
  process.stderr.write('\n')
  const { chains, problems, deaths } = outcome
  for (const problem of problems) console.log(problem)
  const isSame = outcome.calm === outcome.killed && chains[0] === chains[1] && problems.length === 0
  console.log(`${deaths} processes were killed at work; journal ${chains[1]}`)
  console.log(
    isSame ? 'books and journal equal the undisturbed run, byte for byte' : 'NOT THE SAME as the undisturbed run',
  )
  if (!isSame) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
