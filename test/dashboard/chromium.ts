/** The browser that tests and the bench look through. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PLACES = [
  process.env['POLYFOLIO_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** Where Chromium is; undefined: it is not here. */
export const CHROMIUM = PLACES.find((path) => path !== undefined && existsSync(path))
export const CHROMIUM_NEED = '(needs Chromium; POLYFOLIO_CHROMIUM names another place)'

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox'] })
}
