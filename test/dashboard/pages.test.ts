import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Dated } from '../../src/api/contract/answers.ts'
import type { SleeveTable } from '../../src/api/contract/overview.ts'
import { isNightly } from '../profile.ts'
import {
  blankCharts,
  brokenPanels,
  buildDashboard,
  DEMO_PACED_FROM,
  emptyPanels,
  type Program,
  picture,
  scratchFolder,
  seriousFaults,
  serveDemo,
  sideways,
  type Watched,
  watchedPage,
} from './browser.ts'
import { CHROMIUM, CHROMIUM_NEED, openBrowser } from './chromium.ts'
import { itConfigures } from './configuring.ts'
import { menusThatFail, reachedByTab } from './keys.ts'
import { itOperates } from './operating.ts'
import { itKeepsRolesApart, signIn } from './people.ts'
import { itIsPushed } from './pushed.ts'
import { itShowsResults } from './results.ts'
import { itIsTyped } from './typing.ts'

const NAME = 'reader'
const PASSPHRASE = 'violet harbour ladder 27'
const PAGES = ['/', '/risk', '/performance', '/strategy', '/config/sleeves'] as const
const TABS = ['allocation', 'limits', 'rebalancing', 'approvals', 'alerts', 'exports', 'users', 'audit'] as const
/** What is computed when a reader asks for it. */
const WAITS_FOR_READER = /^(Stress tests|Monte Carlo cone): /
/** What a portfolio has only when it is older than in the short run. */
const AFTER_MONTHS = /^(Violations|Answered|Rolling \w+|Positions and why this size|Trades): /
/** What is expected every five seconds is no longer called fresh after twice as long, and what a busy machine's timers lag. */
const FRESH_MOST_MS = 15_000
/** Looks from now on, many times a second, how old the oldest figure is that is called fresh. */
const AGES = `
  window.ages = { looks: 0, oldest: 0 }
  setInterval(() => {
    window.ages.looks += 1
    for (const chip of document.querySelectorAll('.age-fresh'))
      window.ages.oldest = Math.max(window.ages.oldest, Date.now() - Date.parse(chip.title.replace('As of ', '')))
  }, 50)
`
/** Days of the simulated market that lie behind before pages are judged. */
const READY_MS = isNightly ? 3_600_000 : 100_000
const READY_AT = DEMO_PACED_FROM

/** What a test provokes on purpose, as the browser's console tells it. */
const PROVOKED = [/status of (401|403|409)/, /WebSocket connection/, /ERR_CONNECTION_REFUSED/, /ERR_INCOMPLETE_CHUNKED/]

async function within(isSo: () => Promise<boolean>, ms: number): Promise<boolean> {
  for (const until = Date.now() + ms; Date.now() < until; ) {
    if (await isSo()) return true
    await new Promise((done) => setTimeout(done, 100))
  }
  return false
}

describe.skipIf(CHROMIUM === undefined)(`the dashboard in a browser ${CHROMIUM_NEED}`, () => {
  const folder = scratchFolder()
  let program: Program
  let browser: Browser
  let seen: Watched

  const heading = (): Promise<string | null> => seen.page.locator('h1').first().textContent()
  const open = (path: string): Promise<unknown> => seen.page.goto(`${program.origin}${path}`)
  /** A sleeve may hold nothing and have broken no rule: what each of them shows is looked at by night, of all together. */
  const unexpectedlyEmpty = async (path: string): Promise<readonly string[]> =>
    (await emptyPanels(seen.page)).filter(
      (text) =>
        !WAITS_FOR_READER.test(text) && ((isNightly && !path.startsWith('/strategy')) || !AFTER_MONTHS.test(text)),
    )
  const loaded = async (path: string): Promise<void> => {
    await open(path)
    await seen.page.locator('.panel').first().waitFor()
    await expect.poll(() => seen.page.locator('.skeleton').count(), { timeout: 30_000 }).toBe(0)
    await expect.poll(() => blankCharts(seen.page), { timeout: 30_000, message: `${path} is drawn` }).toEqual([])
  }

  beforeAll(async () => {
    buildDashboard()
    program = await serveDemo(folder.path)
    browser = await openBrowser()
    seen = await watchedPage(browser, program.origin, PROVOKED)
  })
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    folder.remove()
  })

  it('makes the first user by the token of the console, and shows the portfolio', async () => {
    const { page } = seen
    await open('/')
    await page.getByRole('heading', { name: 'The first user' }).waitFor()
    expect(page.url()).toBe(`${program.origin}/setup`)
    expect(await seriousFaults(page)).toEqual([])
    await page.getByLabel('One-time token').fill(/token (\S+)/.exec(program.said())![1]!)
    await page.getByLabel('Name').fill(NAME)
    await page.getByLabel('Passphrase').fill('too short')
    const create = page.getByRole('button', { name: 'Create the first user' })
    expect(await create.isDisabled()).toBe(true)
    await page.getByLabel('Passphrase').fill(PASSPHRASE)
    await create.click()
    await page.getByText('Portfolio value').waitFor()
    expect(await heading()).toBe('Demo')
  })

  it('signs out, says what is wrong with a passphrase, and signs in', async () => {
    const { page } = seen
    await page.getByRole('button', { name: /account of reader/ }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in to Polyfolio' }).waitFor()
    await signIn(page, NAME, 'wrong wrong wrong wrong')
    await page.getByText('Name or passphrase is wrong').waitFor()
    await picture(page, 'login')
    await signIn(page, NAME, PASSPHRASE)
    await page.getByText('Portfolio value').waitFor()
  })

  itKeepsRolesApart(() => ({ page: seen.page, origin: program.origin, browser }), PROVOKED)

  it('shows what is pushed without a reload', async () => {
    const { page } = seen
    await open('/')
    await page.locator('.figure-main .figure-value').waitFor()
    await page.evaluate('window.wasNotReloaded = true')
    const value = page.locator('.figure-main .figure-value')
    const before = await value.textContent()
    await expect.poll(() => value.textContent(), { timeout: 60_000 }).not.toBe(before)
    await expect.poll(() => page.locator('.activity li').count(), { timeout: 60_000 }).toBeGreaterThan(3)
    expect(await page.evaluate('window.wasNotReloaded')).toBe(true)
  })

  it('plays the past, and every page and tab stands with every panel loaded, wide and narrow', async () => {
    const { page } = seen
    const tradeDate = async (): Promise<string> => {
      const answer = await page.request.get(`${program.origin}/api/v1/p/Demo/figures`)
      return ((await answer.json()) as { data: { tradeDate: string | null } }).data.tradeDate ?? ''
    }
    await expect.poll(async () => (await tradeDate()) >= READY_AT, { timeout: READY_MS, interval: 500 }).toBe(true)
    // What is computed of the whole journal comes a while after the days that it is about.
    const analysedTo = async (): Promise<string> => {
      const answer = await page.request.get(`${program.origin}/api/v1/p/Demo/analysis/risk`)
      return ((await answer.json()) as { asOf?: string | null }).asOf ?? ''
    }
    await expect.poll(async () => (await analysedTo()) >= READY_AT, { timeout: READY_MS, interval: 500 }).toBe(true)
    for (const path of PAGES) {
      const name = path.replaceAll('/', '') || 'overview'
      await page.setViewportSize({ width: 1440, height: 900 })
      await loaded(path)
      await picture(page, `${name}-1440`)
      const panels = [...(await brokenPanels(page)), ...(await unexpectedlyEmpty(path))]
      expect([name, panels, await seriousFaults(page)]).toEqual([name, [], []])
      await page.setViewportSize({ width: 360, height: 844 })
      await picture(page, `${name}-360`)
      await expect.poll(() => sideways(page), { message: `${name} fits 360 px` }).toBe(0)
    }
    await page.setViewportSize({ width: 1440, height: 900 })
    for (const tab of TABS) {
      await loaded(`/config/${tab}`)
      await picture(page, `config-${tab}`)
      expect([tab, await brokenPanels(page), await seriousFaults(page)]).toEqual([tab, [], []])
    }
  })

  it.skipIf(!isNightly)(
    'fills every panel of a strategy, of one sleeve or another (needs the nightly profile)',
    async () => {
      const answer = await seen.page.request.get(`${program.origin}/api/v1/p/Demo/sleeves`)
      const { rows } = ((await answer.json()) as Dated<SleeveTable>).data
      const empty: (readonly string[])[] = []
      for (const { sleeve, status } of rows) {
        if (status === 'reserve') continue
        await loaded(`/strategy/${sleeve}`)
        expect.soft([sleeve, await brokenPanels(seen.page)]).toEqual([sleeve, []])
        empty.push((await emptyPanels(seen.page)).map((text) => text.replace(/:.*/s, '')))
      }
      expect(empty[0]!.filter((panel) => empty.every((others) => others.includes(panel)))).toEqual([])
    },
  )

  it.skipIf(!isNightly)('stands in every width and in both themes (needs the nightly profile)', async () => {
    const { page } = seen
    const every = [...PAGES, ...TABS.map((tab) => `/config/${tab}`)]
    for (const width of [1440, 820, 390, 360]) {
      await page.setViewportSize({ width, height: 844 })
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme })
        for (const path of every) {
          await loaded(path)
          const name = `${path.slice(1).replaceAll('/', '-') || 'overview'}-${width}-${colorScheme}`
          await picture(page, name)
          expect.soft([name, await sideways(page), await seriousFaults(page)]).toEqual([name, 0, []])
        }
      }
    }
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.setViewportSize({ width: 1440, height: 900 })
  })

  it('has every control within reach of the keyboard, and shows where it is', async () => {
    for (const path of isNightly ? [...PAGES, ...TABS.map((tab) => `/config/${tab}`)] : ['/']) {
      await loaded(path)
      const { controls, unreached, unseen } = await reachedByTab(seen.page)
      expect(controls, path).toBeGreaterThan(20)
      expect.soft([path, unreached, unseen]).toEqual([path, [], []])
      expect.soft([path, await menusThatFail(seen.page)]).toEqual([path, []])
    }
  })

  itIsTyped(() => ({ page: seen.page, origin: program.origin }), PASSPHRASE)

  itIsPushed(() => ({ page: seen.page, origin: program.origin }))

  itShowsResults(() => ({ page: seen.page, origin: program.origin }))

  itOperates(() => ({ page: seen.page, origin: program.origin }), PASSPHRASE)

  it('pauses a sleeve by one click and takes that back', async () => {
    const { page } = seen
    await open('/config/sleeves')
    await page.getByRole('button', { name: 'Pause Pairs' }).click()
    await page.getByRole('button', { name: 'Resume Pairs' }).waitFor()
    await page.getByRole('button', { name: 'Undo' }).first().click()
    await page.getByRole('button', { name: 'Pause Pairs' }).waitFor()
  })

  it('stops all trading by keys alone, shows it everywhere, and lets it go on after a reason and a new proof', async () => {
    const { page } = seen
    await open('/risk')
    await page.locator('.panel').first().waitFor()
    await page.keyboard.press('Control+Shift+K')
    await page.getByRole('heading', { name: 'Stop all trading?' }).waitFor()
    await page.keyboard.press('Enter') // "Stop now" has focus
    await page.getByText('Trading is stopped.').first().waitFor()
    await picture(page, 'stopped')
    await open('/')
    await page.getByRole('button', { name: 'Resume trading' }).click()
    // Whoever has just signed in has proven enough: here the first answer is the one that comes an hour later.
    const late = { status: 403, code: 'step_up_needed', title: 'Give your passphrase again first.', requestId: 'late' }
    const answer = { status: 403, contentType: 'application/problem+json', body: JSON.stringify(late) }
    await page.route('**/commands', (route) => route.fulfill(answer), { times: 1 })
    await page.getByLabel('Reason').fill('looked at it')
    await page.locator('dialog').getByRole('button', { name: 'Resume trading' }).click()
    const proof = page.getByRole('heading', { name: 'Prove that it is you' })
    await proof.waitFor()
    await page.getByLabel('Passphrase').fill(PASSPHRASE)
    await page.getByRole('button', { name: 'Prove and go on' }).click()
    // Where something got worse between the look and the word, the word must be given again.
    const isLifted = async (): Promise<boolean> => (await page.locator('.kill-bar').count()) === 0
    for (let attempt = 0; attempt < 3 && !(await within(isLifted, 15_000)); attempt += 1) {
      await open('/')
      await page.getByRole('button', { name: 'Resume trading' }).click()
      await page.getByLabel('Reason').fill('looked at it again')
      await page.locator('dialog').getByRole('button', { name: 'Resume trading' }).click()
    }
    await expect.poll(isLifted, { timeout: 30_000 }).toBe(true)
  })

  it('finds pages by letters, moves by keys, and keeps the view in the address', async () => {
    const { page } = seen
    await open('/')
    await page.locator('.panel').first().waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('perf')
    await page.keyboard.press('Enter')
    await page.waitForURL(`${program.origin}/performance`)
    await page.keyboard.press('g')
    await page.keyboard.press('o')
    await page.waitForURL(`${program.origin}/`)
    await page.keyboard.press('3')
    await page.waitForURL(`${program.origin}/?period=1M`)
    await page.reload()
    await page.getByRole('button', { name: '1M', pressed: true }).first().waitFor()
    await page.keyboard.press('d')
    await expect.poll(() => page.locator('.figure-main .figure-value').textContent()).toContain('%')
    await page.keyboard.press('d')
    await page.keyboard.press('?')
    await page.getByRole('heading', { name: 'Keys' }).waitFor()
    await page.keyboard.press('Escape')
  })

  itConfigures(() => ({ page: seen.page, origin: program.origin }), PASSPHRASE)

  it('asked nothing of another machine and wrote no fault to the console', () => {
    expect(seen.faults).toEqual([])
  })

  it('says that the connection is lost, calls no old figure fresh, and goes on when the server is back', async () => {
    const { page } = seen
    await open('/strategy/momentum')
    const notes = page.locator('[data-panel="Notes and tags"]')
    await notes.getByRole('button', { name: 'Add note' }).click()
    await notes.getByLabel(/^Note on/).fill('Written before the server stopped')
    await notes.getByLabel('Tags').fill('restart')
    await notes.locator('form').getByRole('button', { name: 'Add note' }).click()
    await notes.getByText('Written before the server stopped').waitFor()

    await loaded('/')
    await page.evaluate(AGES)
    const port = Number(new URL(program.origin).port)
    await program.stop()
    await page.getByText(/Connection lost at/).waitFor()
    await picture(page, 'lost')
    expect(await page.locator('.age-fresh').count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Kill switch' }).isEnabled()).toBe(true)
    if (isNightly) await page.waitForTimeout(15_000)
    const back = Date.now()
    program = await serveDemo(folder.path, port)
    await expect.poll(() => page.getByText(/Connection lost at/).count(), { timeout: 60_000 }).toBe(0)
    const figures = page.locator('[data-panel="Sleeves"] .age-fresh')
    const asOf = async (): Promise<number> => Date.parse((await figures.getAttribute('title'))!.replace('As of ', ''))
    await expect.poll(asOf, { timeout: 60_000 }).toBeGreaterThan(back)
    const { looks, oldest } = (await page.evaluate('window.ages')) as { looks: number; oldest: number }
    expect(looks).toBeGreaterThan(10)
    expect(oldest).toBeLessThanOrEqual(FRESH_MOST_MS)

    await open('/strategy/momentum')
    await notes.getByLabel('Search notes').fill('restart stopped')
    await notes.getByText('Written before the server stopped').waitFor()
    await notes.getByLabel('Search notes').fill('another thing')
    await notes.getByText('No note holds these words.').waitFor()
  })
})
