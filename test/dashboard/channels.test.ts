import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dataFolder } from '../outside-data.ts'
import { isNightly } from '../profile.ts'
import {
  blankCharts,
  brokenPanels,
  buildDashboard,
  emptyPanels,
  type Program,
  picture,
  scratchFolder,
  seriousFaults,
  serve,
  type Watched,
  watchedPage,
} from './browser.ts'
import { CHROMIUM, CHROMIUM_NEED, openBrowser } from './chromium.ts'
import { setUp } from './people.ts'

/** A fall of a third is among them. */
const FROM = '2019-07-01'
const TO = '2020-12-30'
const NAMES = ['large_cap', 'micro_cap', 'options', 'crypto'] as const
const PLAYED_MS = 3_600_000
const ANALYSED_MS = 600_000
const RUN_MS = 600_000
const data = dataFolder()
const PRESET = new URL('../../presets/channels.yaml', import.meta.url).pathname

/** Stress tests and futures are computed when somebody asks for them. */
async function runFromThePage(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Run simulation' }).click()
  await page.getByRole('img', { name: /252 days, [\d,]+ paths/ }).waitFor({ timeout: RUN_MS })
  const stress = page.locator('[data-panel="Stress tests"]')
  await stress.getByRole('button', { name: 'Add scenario' }).click()
  await stress.getByLabel('Name').fill('All falls by a quarter')
  await stress.getByLabel('Change in %').fill('-25')
  await stress.getByRole('button', { name: 'Add and run' }).click()
  await page.getByRole('img', { name: /^Stress tests of .* scenarios?, worst/ }).waitFor({ timeout: RUN_MS })
}

describe.skipIf(!isNightly || CHROMIUM === undefined || data === null)(
  `the channels over recorded prices in a browser ${CHROMIUM_NEED} (needs the nightly profile and the folder of data)`,
  () => {
    const folder = scratchFolder()
    let program: Program
    let browser: Browser
    let seen: Watched

    beforeAll(async () => {
      buildDashboard()
      const days = ['--data', data!, '--from', FROM, '--to', TO]
      program = await serve(folder.path, [PRESET, ...days, '--store', `${folder.path}/c.db`, '--port', '0'])
      browser = await openBrowser()
      seen = await watchedPage(browser, program.origin, [/status of 401/])
      await setUp(seen.page, program)
    })
    afterAll(async () => {
      await browser?.close()
      await program?.stop()
      folder.remove()
    })

    interface Answer<T> {
      readonly asOf?: string | null
      readonly data: T | null
    }
    const asked = async <T>(rest: string): Promise<Answer<T> | null> => {
      const { page } = seen
      const session = await page.request.get(`${program.origin}/api/v1/session`)
      const { portfolios } = (await session.json()) as { readonly portfolios: readonly string[] }
      if (portfolios[0] === undefined) return null
      const answered = await page.request.get(`${program.origin}/api/v1/p/${encodeURIComponent(portfolios[0])}/${rest}`)
      return answered.ok() ? ((await answered.json()) as Answer<T>) : null
    }
    const answer = async <T>(rest: string): Promise<T | null> => (await asked<T>(rest))?.data ?? null

    /** Panels without anything to show and what axe finds, of a page that has loaded. */
    async function judged(path: string): Promise<readonly [panels: readonly string[], faults: readonly string[]]> {
      const { page } = seen
      await page.goto(`${program.origin}${path}`)
      await page.locator('.panel').first().waitFor()
      await expect.poll(() => page.locator('.skeleton').count(), { timeout: 60_000 }).toBe(0)
      await expect.poll(() => blankCharts(page), { timeout: 10_000 }).toEqual([])
      await picture(page, `channels-${path.slice(1).replace(/\?.*/, '').replaceAll('/', '-') || 'overview'}`)
      return [[...(await brokenPanels(page)), ...(await emptyPanels(page))], await seriousFaults(page)]
    }

    it('shows something in every panel of every page, and of every channel', async () => {
      const { page } = seen
      const tradeDate = async (): Promise<string> =>
        (await answer<{ readonly tradeDate: string | null }>('figures'))?.tradeDate ?? ''
      await expect.poll(tradeDate, { timeout: PLAYED_MS, interval: 2_000 }).toBe(TO)
      const analysedTo = async (): Promise<string> => (await asked('analysis/risk'))?.asOf ?? ''
      await expect.poll(async () => (await analysedTo()) >= TO, { timeout: ANALYSED_MS, interval: 2_000 }).toBe(true)
      await seen.page.goto(`${program.origin}/risk?period=All`)
      await runFromThePage(page)
      const [risk] = page.url().split('#') // with the answers of what was run
      const whole = ['/?period=All', risk!.replace(program.origin, ''), '/performance?period=All', '/config/sleeves']
      const { total } = (await answer<{ readonly total: number }>('violations?limit=1'))!
      // Where the server knows of no violation, the panel says so: nothing is wrong with either.
      const isMissing = (text: string): boolean => total > 0 || text !== 'Violations: No rule was violated.'
      for (const path of whole) {
        const [panels, faults] = await judged(path)
        expect.soft([path, panels.filter(isMissing), faults]).toEqual([path, [], []])
      }
      // A channel may hold nothing on a day, and break no rule: of each panel there is one that shows something.
      const empty: (readonly string[])[] = []
      for (const name of NAMES) {
        const [panels, faults] = await judged(`/strategy/${name}?period=All`)
        expect.soft([name, faults]).toEqual([name, []])
        empty.push(panels.filter(isMissing))
      }
      expect(empty[0]!.filter((panel) => empty.every((others) => others.includes(panel)))).toEqual([])
      expect(seen.faults).toEqual([])
    })
  },
)
