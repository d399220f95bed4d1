/** The push channel between the server and a page, looked into and held back where a test wants it. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import type { CommandBody, CommandRequest, CommandView } from '../../src/api/contract/commands.ts'
import type { PushMessage } from '../../src/api/contract/push.ts'
import { picture } from './browser.ts'
import type { World } from './results.ts'

const WAIT_MS = 60_000
/** What was passed before has been drawn. */
const SETTLED_MS = 600
/** Last characters of an account. */
const SUFFIX = '4711'

/** A message as the page gets it; null: it never does. What passes is numbered anew, so that nothing seems to be missing. */
export type Passing = (message: PushMessage) => PushMessage | null

export async function passPush(page: Page, passing: Passing): Promise<void> {
  await page.routeWebSocket(/\/push/, (socket) => {
    let n = 0
    const server = socket.connectToServer()
    server.onMessage((text) => {
      const message = JSON.parse(String(text)) as PushMessage
      const passed = passing(message)
      if (passed === null) return
      n = message.kind === 'hello' ? message.n : n + 1
      socket.send(JSON.stringify({ ...passed, n }))
    })
  })
}

/** Notes from now on in which panels anything changes but how old they are. */
const WATCH_PANELS = `
  window.changedPanels = new Set()
  new MutationObserver((records) => {
    for (const { target } of records) {
      const element = target.nodeType === Node.TEXT_NODE ? target.parentElement : target
      const panel = element?.closest('[data-panel]')
      if (panel && !element.closest('.age')) window.changedPanels.add(panel.dataset.panel)
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
`

export function itIsPushed(world: () => World): void {
  it('what is pushed changes its own panel, and no other is drawn anew', async () => {
    const { page, origin } = world()
    const tab = await page.context().newPage()
    const passes = new Set<PushMessage['kind']>(['hello', 'beat'])
    await passPush(tab, (message) => (passes.has(message.kind) ? message : null))
    await tab.goto(`${origin}/`)
    await tab.locator('.activity li').first().waitFor()
    await expect.poll(() => tab.locator('.skeleton').count(), { timeout: WAIT_MS }).toBe(0)
    await tab.waitForLoadState('networkidle')
    await tab.evaluate(WATCH_PANELS)
    const changed = (): Promise<readonly string[]> => tab.evaluate('[...window.changedPanels]')
    // What is held decides what it is made of, too.
    for (const [kind, panels] of [
      ['activity', ['Activity']],
      ['positions', ['Largest positions', 'Asset classes']],
    ] as const) {
      await tab.waitForTimeout(SETTLED_MS)
      await tab.evaluate('window.changedPanels.clear()')
      passes.add(kind)
      await expect.poll(changed, { timeout: WAIT_MS }).toContain(panels[0])
      expect([kind, (await changed()).filter((panel) => !(panels as readonly string[]).includes(panel))]).toEqual([
        kind,
        [],
      ])
      passes.delete(kind)
    }
    await tab.close()
  })

  it('a real account is armed for a while after its number was typed, and disarmed by one click', async () => {
    const { page, origin } = world()
    const tab = await page.context().newPage()
    const told: CommandBody[] = []
    let armedUntil: string | null = null
    // No test may have a real account: what an engine with one says and answers is put in its place.
    await passPush(tab, (message) => {
      if (message.kind !== 'hello' && message.kind !== 'beat') return message
      const { engine } = message.data
      if (engine === null) return message
      const real = { ...engine, mode: 'live' as const, accountSuffix: SUFFIX, armedUntil }
      return { ...message, data: { ...message.data, engine: real } } as PushMessage
    })
    await tab.route('**/commands', async (route) => {
      const { id, seen, body } = route.request().postDataJSON() as CommandRequest
      told.push(body)
      armedUntil = body.kind === 'arm' ? body.until : null
      const view: CommandView = {
        id,
        at: new Date().toISOString(),
        actor: 'reader',
        seen,
        body,
        state: 'done',
        answer: '',
      }
      await route.fulfill({ status: 200, json: view })
    })
    await tab.goto(`${origin}/config/sleeves`)
    await tab.getByText('Live, disarmed').waitFor()
    await tab.getByRole('button', { name: 'Arm live trading' }).click()
    const dialog = tab.getByRole('dialog', { name: 'Arm live trading?' })
    const act = dialog.getByRole('button', { name: 'Arm live trading' })
    await dialog.getByLabel('Ends after').selectOption('60')
    await dialog.getByLabel(/^Last characters/).fill('0000')
    expect(await act.isDisabled()).toBe(true)
    await dialog.getByLabel(/^Last characters/).fill(SUFFIX)
    await picture(tab, 'arm')
    await act.click()
    await tab.getByText(/^Live armed \d+/).waitFor()
    await tab.getByRole('button', { name: 'Disarm' }).click()
    await tab.getByText('Live, disarmed').waitFor()
    expect(told).toEqual([
      { kind: 'arm', account: SUFFIX, until: expect.stringMatching(/^\d{4}-.*Z$/) },
      { kind: 'disarm', reason: expect.any(String) },
    ])
    await tab.close()
  })
}
