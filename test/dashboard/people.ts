/** Who may do what, as the pages show it and as the server holds it. */
import type { Browser, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import type { OpenSession, SessionView } from '../../src/api/contract/session.ts'
import { type Program, picture, type Watched, watchedPage } from './browser.ts'
import type { World } from './results.ts'

const VIEWER = 'onlooker'
const PASSPHRASE = 'copper lantern orbit 54'
/** What only operators and admins do. */
const ACTS =
  /^(Kill switch|Stop all trading|Resume trading|Arm live trading|Disarm|Flatten|Pause|Resume|Approve|Refuse)/

export async function signIn(page: Page, name: string, passphrase: string): Promise<void> {
  await page.getByLabel('User').fill(name)
  await page.getByLabel('Passphrase').fill(passphrase)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Makes the first user by the token of the console. */
export async function setUp(page: Page, { origin, said }: Program, name = 'reader'): Promise<void> {
  await page.goto(`${origin}/setup`)
  await page.getByLabel('One-time token').fill(/token (\S+)/.exec(said())![1]!)
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Passphrase').fill(PASSPHRASE)
  await page.getByRole('button', { name: 'Create the first user' }).click()
  await page.getByRole('button', { name: new RegExp(`account of ${name}`) }).waitFor()
}

/** Whoever signed in long ago proves again who he is, so that the next dangerous command is taken at once. */
export async function proveAgain({ page, origin }: World, passphrase: string): Promise<void> {
  const { csrf } = (await (await page.request.get(`${origin}/api/v1/session`)).json()) as SessionView
  const headers = { 'x-polyfolio-csrf': csrf!, origin }
  const answer = await page.request.post(`${origin}/api/v1/session/step-up`, { headers, data: { passphrase } })
  expect(answer.status()).toBe(200)
}

/** Names of buttons that can be pressed. */
async function pressable(page: Page): Promise<readonly string[]> {
  return page.evaluate(
    `[...document.querySelectorAll('button:not([disabled])')]
      .filter((button) => button.checkVisibility())
      .map((button) => button.getAttribute('aria-label') ?? button.textContent)`,
  ) as Promise<readonly string[]>
}

/** @param expected answers that are provoked, as the console tells them */
export function itKeepsRolesApart(world: () => World & { browser: Browser }, expected: readonly RegExp[]): void {
  let other: Watched

  it('an admin makes a user who may only look: no control acts, and the server refuses what is sent all the same', async () => {
    const { page, origin, browser } = world()
    await page.goto(`${origin}/config/users`)
    const users = page.locator('[data-panel="Users"]')
    await users.getByLabel('Name').fill(VIEWER)
    await users.getByLabel('Passphrase').fill(PASSPHRASE)
    await users.getByLabel('Role of the new user').selectOption('viewer')
    await users.getByRole('button', { name: 'Add the user' }).click()
    await users.getByRole('rowheader', { name: VIEWER }).waitFor()

    other = await watchedPage(browser, origin, expected)
    await other.page.goto(`${origin}/config/sleeves`)
    await signIn(other.page, VIEWER, PASSPHRASE)
    await other.page.locator('.ticker-bar, .connection-live').first().waitFor()
    for (const path of ['/config/sleeves', '/config/rebalancing', '/strategy']) {
      await other.page.goto(`${origin}${path}`)
      await other.page.locator('.connection-live').waitFor()
      await other.page.locator('.panel').first().waitFor()
      await expect.poll(() => other.page.locator('.skeleton').count(), { timeout: 30_000 }).toBe(0)
      const acting = (await pressable(other.page)).filter((name) => ACTS.test(name.trim()))
      expect([path, acting]).toEqual([path, []])
    }
    await picture(other.page, 'viewer')
    await other.page.keyboard.press('Control+Shift+K')
    expect(await other.page.getByRole('dialog', { name: 'Stop all trading?' }).count()).toBe(0)

    const session = (await (await other.page.request.get(`${origin}/api/v1/session`)).json()) as SessionView
    const headers = { 'x-polyfolio-csrf': session.csrf!, origin }
    const at = `${origin}/api/v1/p/Demo/commands`
    for (const body of [
      { kind: 'kill', reason: 'no' },
      { kind: 'rebalance', by: 'transfer' },
    ]) {
      const answer = await other.page.request.post(at, { headers, data: { id: crypto.randomUUID(), seen: 0, body } })
      expect([body.kind, answer.status()]).toEqual([body.kind, 403])
    }
    expect((await other.page.request.get(`${origin}/api/v1/users`)).status()).toBe(403)
  })

  it('a session that is ended closes its socket, and its page asks who is there', async () => {
    const { page, origin } = world()
    const closed = new Promise<void>((done) => {
      other.page.once('websocket', (socket) => socket.once('close', () => done()))
    })
    await other.page.goto(`${origin}/`)
    await other.page.locator('.connection-live').waitFor()
    await page.goto(`${origin}/config/users`)
    const sessions = page.locator('[data-panel="Sessions"]')
    await sessions.getByRole('button', { name: `End session of ${VIEWER}` }).click()
    await closed
    await other.page.getByRole('heading', { name: 'Sign in to Polyfolio' }).waitFor()
    await sessions.getByRole('button', { name: `End session of ${VIEWER}` }).waitFor({ state: 'detached' })
    const open = (await (await page.request.get(`${origin}/api/v1/sessions`)).json()) as readonly OpenSession[]
    expect(open.map(({ user }) => user)).not.toContain(VIEWER)
    expect(other.faults).toEqual([])
    await other.context.close()
  })
}
