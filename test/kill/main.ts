import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { POSTGRES_NEED, type PostgresServer, postgresServer } from '../servers.ts'
import { type KillOutcome, type KillTest, killedPeriod, killRounds } from './rounds.ts'

/*
 * `npm run test:kill -- [kills] [seed]`: kill -9 of the real process at random moments of a year of paper trading at full
 * speed, behind the first commit of each life and, for every tenth, before it; once with a store in a file and once with
 * one on a server.
 */

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const [kills = '100', seed = String(Date.now() % 1_000_000)] = process.argv.slice(2)

/** Where fewer of the kills than this part met a process at work, nothing was shown. */
const MEANT = 0.9

/** Tells how it went; returns whether nothing was lost. */
async function run(name: string, stores: KillTest['stores'], folder: string): Promise<boolean> {
  console.log(`${name}: ${kills} kills, seed ${seed}`)
  const outcome = await killRounds({
    folder,
    stores,
    args: killedPeriod(root, '2023-12-31'),
    kills: Number(kills),
    seed: Number(seed),
    onRound: (killed, how) => process.stderr.write(`\r${killed} of ${kills}: ${how}  `),
  })
  process.stderr.write('\n')
  for (const problem of outcome.problems) console.log(problem)
  const { atWork, onTheWay } = outcome.deaths
  console.log(
    `${atWork} of ${kills} processes were killed at work, and ${onTheWay} before their first commit; journal ${outcome.chains[1]}`,
  )
  const isKept = isSame(outcome) && atWork >= Number(kills) * MEANT
  console.log(
    isKept
      ? 'books and journal equal the undisturbed run, byte for byte'
      : 'NOT SHOWN: other books, or too few kills at work',
  )
  return isKept
}

function isSame({ calm, killed, chains, problems }: KillOutcome): boolean {
  return calm === killed && chains[0] === chains[1] && problems.length === 0
}

async function addresses(server: PostgresServer): Promise<KillTest['stores']> {
  return [await server.database('calm'), await server.database('killed')]
}

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-kill-'))
const server = await postgresServer()
try {
  const kept = [await run('SQLite', ['calm.db', 'killed.db'], folder)]
  if (server === null) console.log(`PostgreSQL is left out ${POSTGRES_NEED}`)
  else kept.push(await run('PostgreSQL', await addresses(server), folder))
  if (kept.includes(false)) process.exitCode = 1
} finally {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
}
