/** Forms of the configuration by keys alone: no pointer is used from opening one to what it saves. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import type { AlertRuleView, AlertThresholdView } from '../../src/api/contract/alerting.ts'
import { isNightly } from '../profile.ts'
import { picture } from './browser.ts'
import { reachedByTab } from './keys.ts'
import type { World } from './results.ts'

const WAIT_MS = 30_000
const TABS_MOST = 400
const SLEEVE = 'typed'
const LIMIT = '0.09'

/** Name of what has focus, as it is read out. */
const FOCUSED = `(() => {
  const { activeElement: element } = document
  const label = element.labels?.[0]
  return (element.getAttribute('aria-label') ?? label?.firstElementChild?.textContent ?? label?.textContent ?? element.textContent ?? '').trim()
})()`

/** Presses Tab until the control of this name has focus. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const isIt = (text: string): boolean => (typeof name === 'string' ? text === name : name.test(text))
  for (let pressed = 0; pressed < TABS_MOST; pressed += 1) {
    await page.keyboard.press('Tab')
    if (isIt((await page.evaluate(FOCUSED)) as string)) return
  }
  throw new Error(`Tab never came to "${name}"`)
}

async function press(page: Page, name: string | RegExp): Promise<void> {
  await tabTo(page, name)
  await page.keyboard.press('Enter')
}

/** Writes over what a field holds. */
async function write(page: Page, name: string | RegExp, text: string): Promise<void> {
  await tabTo(page, name)
  await page.keyboard.press('Control+A')
  await page.keyboard.type(text)
}

/** Opens a tab of the configuration, when its forms are there. */
async function opened({ page, origin }: World, tab: string, form: string): Promise<void> {
  await page.goto(`${origin}/config/${tab}`)
  await page.getByRole('button', { name: form }).first().waitFor()
  await expect.poll(() => page.locator('.skeleton').count(), { timeout: WAIT_MS }).toBe(0)
}

async function expectReached(page: Page, what: string): Promise<void> {
  const { controls, unreached, unseen } = await reachedByTab(page)
  expect(controls, what).toBeGreaterThan(20)
  expect.soft([what, unreached, unseen]).toEqual([what, [], []])
}

/** Saves by Enter, with a new proof where one is asked for, until the button has nothing more to save. */
async function save(page: Page, name: string, passphrase: string): Promise<void> {
  const button = page.getByRole('button', { name, exact: true })
  const proof = page.getByRole('dialog', { name: 'Prove that it is you' })
  await press(page, name)
  await expect
    .poll(async () => (await proof.isVisible()) || (await button.isDisabled()), { timeout: WAIT_MS })
    .toBe(true)
  if (await proof.isVisible()) {
    await write(page, 'Passphrase', passphrase)
    await page.keyboard.press('Enter')
    await proof.waitFor({ state: 'detached', timeout: WAIT_MS })
  }
  await expect.poll(() => button.isDisabled(), { timeout: WAIT_MS }).toBe(true)
}

/** @param passphrase of whoever is signed in, who may do everything */
export function itIsTyped(world: () => World, passphrase: string): void {
  const changes = (page: Page) => page.getByRole('region', { name: 'What will change' })

  it('a sleeve is put into the draft by keys alone, and its own form follows', async () => {
    const { page } = world()
    await opened(world(), 'sleeves', 'Add a sleeve')
    await press(page, 'Add a sleeve')
    await page.getByRole('region', { name: 'Add a sleeve' }).waitFor()
    expect(await page.evaluate(FOCUSED)).toBe('Strategy')
    await press(page, 'Cancel')
    await expect.poll(() => page.evaluate(FOCUSED)).toBe('Add a sleeve')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.evaluate(FOCUSED)).toBe('Strategy')
    const strategy = page.getByRole('region', { name: 'Add a sleeve' }).getByLabel('Strategy')
    const first = await strategy.inputValue()
    await page.keyboard.press('ArrowDown')
    expect(await strategy.inputValue()).not.toBe(first)
    await expectReached(page, 'the form of a new sleeve')
    await write(page, 'Name of the sleeve', SLEEVE)
    await write(page, 'Universe', 'SPY')
    await write(page, 'Weight in percent', '2')
    await page.keyboard.press('Enter')
    await changes(page).getByText(`sleeves.${SLEEVE}`).waitFor({ timeout: WAIT_MS })
    await page.getByRole('region', { name: `${SLEEVE}: parameters` }).waitFor()
    if (isNightly) await expectReached(page, 'the form of a sleeve')
    await write(page, 'Title', 'Written by keys')
    await page.getByRole('region', { name: 'Written by keys: parameters' }).waitFor()
    await picture(page, 'typed-sleeve')
    await press(page, 'Discard')
    await changes(page).getByText('Nothing yet').waitFor()
  })

  it('limits are opened, written and thrown away by keys alone', async () => {
    const { page } = world()
    await opened(world(), 'limits', 'more setting')
    await press(page, /^\d+ more settings?$/)
    if (isNightly) await expectReached(page, 'all limits')
    await write(page, /^Position weight max$/, LIMIT)
    await changes(page).getByText('limits.position_weight_max').first().waitFor({ timeout: WAIT_MS })
    await press(page, 'Discard')
    await changes(page).getByText('Nothing yet').waitFor()
  })

  it('a threshold and a rule of alerts are written and saved by keys alone', async () => {
    const { page, origin } = world()
    const asked = async <T>(list: string): Promise<T> =>
      (await (await page.request.get(`${origin}/api/v1/p/Demo/alert-${list}`)).json()) as T
    await opened(world(), 'alerts', 'Add a threshold')
    await press(page, 'Add a threshold')
    await write(page, 'Name of the threshold', 'Deep')
    await tabTo(page, 'Deep: figure')
    await page.keyboard.type('Lev')
    await write(page, /^Deep: value/, '1.75')
    await press(page, 'Add a rule')
    await write(page, 'Title of the rule', 'By keys')
    await press(page, /^More of the rule/)
    await expectReached(page, 'a rule and a threshold')
    await save(page, 'Save thresholds', passphrase)
    await save(page, 'Save rules', passphrase)
    const thresholds = await asked<readonly AlertThresholdView[]>('thresholds')
    expect(thresholds.find(({ id }) => id === 'Deep')).toMatchObject({ figure: 'leverage', value: 1.75, side: 'above' })
    expect((await asked<readonly AlertRuleView[]>('rules')).map(({ title }) => title)).toContain('By keys')
  })
}
