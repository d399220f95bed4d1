/** A portfolio is changed from its page while it runs: a sleeve comes and goes, a limit moves, another page hears of it. */
import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import type { Dated } from '../../src/api/contract/answers.ts'
import type { ConfigurationView } from '../../src/api/contract/configuration.ts'
import type { SleeveTable } from '../../src/api/contract/overview.ts'
import type { LimitUse } from '../../src/api/contract/trading.ts'
import { picture } from './browser.ts'
import type { World } from './results.ts'

const WAIT_MS = 60_000
const PORTFOLIO = 'Demo'
const NEWCOMER = 'newcomer'
const LIMIT = '0.09'

async function ask<T>({ page, origin }: World, rest: string): Promise<T> {
  const answer = await page.request.get(`${origin}/api/v1/p/${PORTFOLIO}/${rest}`)
  expect([rest, answer.status()]).toEqual([rest, 200])
  return (await answer.json()) as T
}

const changes = (page: Page): Locator => page.getByRole('region', { name: 'What will change' })

/** Within the page: what is a draft is not lost by it. */
async function turnTo(page: Page, tab: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Configuration' }).getByRole('link', { name: tab }).click()
}

/** Saves the draft, with a new proof where one is asked for. */
async function save(page: Page, passphrase: string): Promise<void> {
  const saved = page.getByText('The configuration is saved').first()
  const proof = page.getByRole('dialog', { name: 'Prove that it is you' })
  const button = changes(page).getByRole('button', { name: 'Save changes' })
  await expect.poll(() => button.isEnabled(), { timeout: WAIT_MS }).toBe(true)
  await button.click()
  await saved.or(proof).waitFor({ timeout: WAIT_MS })
  if (await proof.isVisible()) {
    const field = proof.getByLabel('Passphrase')
    if (await field.isVisible()) await field.fill(passphrase)
    await proof.getByRole('button', { name: 'Prove and go on' }).click()
    await saved.waitFor({ timeout: WAIT_MS })
  }
}

/** A sleeve of its own, put into the draft by the form of its strategy. */
async function addSleeve(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add a sleeve' }).click()
  const form = page.getByRole('region', { name: 'Add a sleeve' })
  await form.getByLabel('Strategy').selectOption('sma-crossover')
  await form.getByLabel('Name of the sleeve').fill(NEWCOMER)
  await form.getByLabel('Universe', { exact: true }).fill('SPY')
  await form.getByLabel('Weight in percent').fill('2')
  await form.getByRole('button', { name: 'Put it into the draft' }).click()
  await page.getByRole('region', { name: `${NEWCOMER}: parameters` }).waitFor()
}

/** @param passphrase of whoever is signed in, who may do everything */
export function itConfigures(world: () => World, passphrase: string): void {
  it('a sleeve and a limit are changed on the page, run once they are saved, and are seen on another page', async () => {
    const { page, origin } = world()
    const before = await ask<ConfigurationView>(world(), 'configuration')
    const other = await page.context().newPage()
    await other.goto(`${origin}/config/limits`)
    await other.evaluate('window.wasNotReloaded = true')
    await page.goto(`${origin}/config/sleeves`)
    await addSleeve(page)
    await changes(page).getByText(`sleeves.${NEWCOMER}`).waitFor()
    await turnTo(page, 'Limits')
    const field = page
      .getByRole('region', { name: 'Limits of the portfolio' })
      .getByLabel('Position weight max', { exact: true })
    await field.fill('7')
    await changes(page).getByText('limits.position_weight_max').first().waitFor()
    // It is no fraction: said at the field, and nothing can be saved.
    await expect.poll(() => field.getAttribute('aria-invalid'), { timeout: WAIT_MS }).toBe('true')
    expect(await changes(page).getByRole('button', { name: 'Save changes' }).isDisabled()).toBe(true)
    await field.fill(LIMIT)
    await changes(page)
      .getByText(/No position exceeds it now|would exceed this limit/)
      .waitFor({ timeout: WAIT_MS })
    await picture(page, 'configuration-draft')
    await save(page, passphrase)
    const after = await ask<ConfigurationView>(world(), 'configuration')
    expect(after.version).toBeGreaterThan(before.version)
    const { data: sleeves } = await ask<Dated<SleeveTable>>(world(), 'sleeves')
    expect(sleeves.rows.map(({ sleeve }) => sleeve)).toContain(NEWCOMER)
    const { data: limits } = await ask<Dated<readonly LimitUse[]>>(world(), 'limits')
    expect(limits.find(({ rule }) => rule === 'positionWeight')?.limit).toBe(Number(LIMIT))
    await expect
      .poll(
        () =>
          other
            .getByRole('region', { name: 'Limits of the portfolio' })
            .getByLabel('Position weight max', { exact: true })
            .inputValue(),
        { timeout: WAIT_MS },
      )
      .toBe(LIMIT)
    expect(await other.evaluate('window.wasNotReloaded')).toBe(true)
    await other.close()
  })

  it('a sleeve is taken away by its name, and the version before can be a draft again', async () => {
    const { page, origin } = world()
    await page.goto(`${origin}/config/sleeves`)
    await page.getByRole('button', { name: `More for ${NEWCOMER}` }).click()
    await page.getByRole('menuitem', { name: `Remove ${NEWCOMER}` }).click()
    const button = changes(page).getByRole('button', { name: 'Save changes' })
    const typed = changes(page).getByLabel(/^Type/)
    await typed.waitFor({ timeout: WAIT_MS })
    expect(await button.isDisabled()).toBe(true)
    await typed.fill(NEWCOMER)
    await picture(page, 'configuration-remove')
    await save(page, passphrase)
    await expect
      .poll(async () => JSON.stringify((await ask<ConfigurationView>(world(), 'configuration')).document), {
        timeout: WAIT_MS,
      })
      .not.toContain(NEWCOMER)
    const versions = changes(page).getByRole('button', { name: /^Make it a draft/ })
    await versions.first().click()
    await changes(page).getByText(`sleeves.${NEWCOMER}`).first().waitFor({ timeout: WAIT_MS })
    await changes(page).getByRole('button', { name: 'Discard' }).click()
    await changes(page).getByText('Nothing yet').waitFor()
  })
}
