import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { checkFile, checkFolder } from '../../src/cli/data/check.ts'
import { tradeDate } from '../../src/domain/sessions.ts'
import { dataFolder } from '../outside-data.ts'

const TODAY = tradeDate(20261120)
const here = dirname(fileURLToPath(import.meta.url))
const fixtures = join(here, '../fixtures/bad-data')
const data = dataFolder()

/** One file's verdict as `data check --json` prints it. */
async function verdictText(folder: string, file: string): Promise<string> {
  return `${JSON.stringify(await checkFile(join(folder, file), file, TODAY), null, 2)}\n`
}

function csvFiles(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.csv'))
    .sort()
}

describe('data check of the bad files that are shipped', () => {
  it.each(csvFiles(fixtures))('says of %s what it always said', async (file) => {
    await expect(await verdictText(fixtures, file)).toMatchFileSnapshot(join(here, 'data-check', `${file}.golden.json`))
  })

  it('refuses or repairs every one of them, but for those that only look odd', async () => {
    const { files, totals } = await checkFolder(fixtures, TODAY)
    const odd = ['bom-crlf.csv', 'semicolons.csv', 'tabs.csv', 'utf-16.csv', 'weekend-rows.csv']
    expect(files.filter(({ verdict }) => verdict === 'ok').map(({ file }) => file)).toEqual(odd)
    expect(totals.files).toBe(totals.ok + totals.repaired + totals.refused)
    for (const { verdict, error, findings } of files) {
      expect(error !== null).toBe(verdict === 'refused')
      expect(verdict === 'repaired').toBe(error === null && findings.some(({ kind }) => kind === 'repair'))
    }
  })
})

describe.skipIf(data === null)('data check of bad files as users have them (skipped without the data folder)', () => {
  const folder = join(data ?? '', 'bad')
  const files = data === null ? [] : csvFiles(folder)

  it('looks at fourteen files', () => expect(files).toHaveLength(14))

  it.each(files)('says of %s what it always said', async (file) => {
    await expect(await verdictText(folder, file)).toMatchFileSnapshot(
      join(here, 'data-check', 'users', `${file}.golden.json`),
    )
  })

  it('refuses none of the good price files', async () => {
    for (const name of ['stocks_daily', 'smallcaps_daily', 'etf_index_daily', 'crypto_daily', 'splits_raw']) {
      const check = await checkFolder(join(data!, name), TODAY)
      expect(check.files.filter(({ verdict }) => verdict === 'refused')).toEqual([])
      expect(check.totals.files).toBeGreaterThan(4)
    }
  })

  it('knows the layout of every file of the folder', async () => {
    const { files: all } = await checkFolder(data!, TODAY)
    const unknown = all.filter(({ layout, file }) => layout === null && !file.startsWith('bad/'))
    expect(unknown.map(({ file }) => file)).toEqual([])
    expect(all.length).toBeGreaterThan(200)
  })
})
