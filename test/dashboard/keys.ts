/** Every page by the keyboard alone. */
import type { Page } from 'playwright-core'

const TABS_MOST = 600

/** Takes note of every control that can be seen and pressed now, and of those that get focus: whether one sees that they have it. */
const WATCH = `(() => {
  const controls = [...document.querySelectorAll('a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), [tabindex="0"], summary')]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }) && element.tabIndex >= 0)
    // Of radio buttons of one name the chosen one takes part, the others follow by arrows.
    .filter((element) => element.type !== 'radio' || element.checked)
  window.awaited = new Set(controls)
  window.unseen = []
  document.activeElement?.blur()
  document.addEventListener('focusin', ({ target }) => {
    if (!window.awaited.delete(target)) return
    const { outlineStyle, boxShadow } = getComputedStyle(target)
    if (outlineStyle === 'none' && boxShadow === 'none') window.unseen.push(target)
  })
  return controls.length
})()`

/** How many controls are still awaited. */
const AWAITED = 'window.awaited.size'
const PRESSES = 20

const LEFT = `(() => {
  const nameOf = (element) => element.tagName + ' ' + (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 60)
  const left = [...window.awaited].filter((element) => element.isConnected && element.checkVisibility() && !element.disabled)
  return { unreached: left.map(nameOf), unseen: window.unseen.filter((element) => element.isConnected).map(nameOf) }
})()`

export interface Reached {
  readonly controls: number
  /** Controls that Tab never came to. */
  readonly unreached: readonly string[]
  /** Controls that do not show that they have focus. */
  readonly unseen: readonly string[]
}

/** Goes once around the page by Tab. */
export async function reachedByTab(page: Page): Promise<Reached> {
  const controls = (await page.evaluate(WATCH)) as number
  const most = Math.min(TABS_MOST, controls * 2 + 2 * PRESSES)
  for (let pressed = 0; pressed < most; pressed += PRESSES) {
    for (let press = 0; press < PRESSES; press += 1) await page.keyboard.press('Tab')
    if ((await page.evaluate(AWAITED)) === 0) break
  }
  return { controls, ...((await page.evaluate(LEFT)) as Omit<Reached, 'controls'>) }
}

/** Opens every menu of the page by Enter and shuts it by Escape. Gives the names of those that do not. */
export async function menusThatFail(page: Page): Promise<readonly string[]> {
  const failing: string[] = []
  const buttons = page.locator('button[aria-haspopup="menu"]:visible')
  for (let place = 0; place < (await buttons.count()); place += 1) {
    const button = buttons.nth(place)
    const name = (await button.getAttribute('aria-label')) ?? ''
    await button.focus()
    await page.keyboard.press('Enter')
    const isInside = await page.evaluate('document.activeElement?.closest("[role=menu]") !== null')
    await page.keyboard.press('Escape')
    const isBack = await button.evaluate((element) => element === element.ownerDocument.activeElement)
    if (isInside !== true || !isBack) failing.push(name)
  }
  return failing
}
