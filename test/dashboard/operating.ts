/** What changes a portfolio, from the page to the engine and back: money moved, wishes answered, positions closed. */
import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { count } from '../../dashboard/src/format.ts'
import { readParquet } from '../../src/adapters/feeds/parquet.ts'
import type { Dated, Page as Rows } from '../../src/api/contract/answers.ts'
import type { JobView } from '../../src/api/contract/jobs.ts'
import type { PositionTable, SleeveTable } from '../../src/api/contract/overview.ts'
import type { ApprovalRow, RebalancingRow } from '../../src/api/contract/trading.ts'
import { readWorkbook } from '../fixtures/workbook.ts'
import { picture } from './browser.ts'
import { proveAgain } from './people.ts'
import type { World } from './results.ts'

const WAIT_MS = 60_000
const PORTFOLIO = 'Demo'
const ATTEMPTS = 5

const panel = (page: Page, title: string): Locator => page.locator(`[data-panel="${title}"]`)

async function ask<T>({ page, origin }: World, rest: string): Promise<T> {
  const answer = await page.request.get(`${origin}/api/v1/p/${PORTFOLIO}/${rest}`)
  expect([rest, answer.status()]).toEqual([rest, 200])
  return (await answer.json()) as T
}

/** Rows of a file that the page loads, without its head. */
async function loadedRows(page: Page, link: Locator, format: string): Promise<number> {
  const loading = page.waitForEvent('download')
  await link.click()
  const file = await loading
  expect(file.suggestedFilename()).toMatch(new RegExp(`\\.${format}$`))
  const path = await file.path()
  if (format === 'csv') return (parse(readFileSync(path), { columns: true }) as unknown[]).length
  if (format === 'json') return (JSON.parse(readFileSync(path, 'utf8')) as unknown[]).length
  if (format === 'xlsx') return readWorkbook(readFileSync(path)).length - 1
  return (await readParquet(path, file.suggestedFilename())).count
}

export function itOperates(world: () => World, passphrase: string): void {
  it('every export loads from the page in every format, and all formats hold the same rows', async () => {
    const { page, origin } = world()
    await page.goto(`${origin}/config/exports`)
    // Days that are over: the portfolio goes on.
    await page.getByRole('textbox', { name: 'To', exact: true }).fill('2024-03-28')
    for (const [title, least] of [
      ['Trades', 1],
      ['Equity', 20],
    ] as const) {
      const rows: number[] = []
      for (const [name, format] of [
        ['CSV', 'csv'],
        ['Excel', 'xlsx'],
        ['JSON', 'json'],
        ['Parquet', 'parquet'],
      ] as const) {
        rows.push(await loadedRows(page, page.getByRole('link', { name: `${title} as ${name}` }), format))
      }
      expect(rows[0], title).toBeGreaterThanOrEqual(least)
      expect(new Set(rows).size, `${title} in every format: ${rows.join(', ')}`).toBe(1)
    }
  })

  it('a rebalance is shown with its orders and its cost before it is confirmed, and stands in the history after', async () => {
    const { page, origin } = world()
    const newest = async (): Promise<number> => {
      const { data } = await ask<Dated<Rows<RebalancingRow>>>(world(), 'rebalancings')
      return data.rows[0]?.seq ?? -1
    }
    const before = await newest()
    await page.goto(`${origin}/config/rebalancing`)
    const form = page.getByRole('region', { name: 'Rebalance', exact: true })
    await form.getByLabel('How').selectOption('transfer')
    const job = page.waitForResponse(
      async (answer) => /\/jobs(\/|$)/.test(answer.url()) && ((await answer.json()) as JobView).state === 'done',
      { timeout: WAIT_MS },
    )
    await form.getByRole('button', { name: 'Preview a rebalance' }).click()
    const { result } = (await (await job).json()) as JobView
    expect(result?.kind).toBe('rebalance-preview')
    if (result?.kind !== 'rebalance-preview') return
    const confirm = form.getByRole('button', { name: 'Confirm the rebalance' })
    await confirm.waitFor()
    const figures = await form.locator('.preview-figures dd').allTextContents()
    expect(figures[0]).toBe(count(result.view.orders.length))
    await picture(page, 'rebalance-preview')
    await confirm.click()
    await expect.poll(newest, { timeout: WAIT_MS }).toBeGreaterThan(before)
    await panel(page, 'Rebalancings').locator('tbody tr').first().waitFor()
  })

  it('wishes that wait are approved and refused by a click, and both answers are on record', async () => {
    const { page, origin } = world()
    const rows = async (): Promise<readonly ApprovalRow[]> =>
      (await ask<Dated<readonly ApprovalRow[]>>(world(), 'approvals')).data
    const askedFor = async (): Promise<number> => (await rows()).filter(({ state }) => state === 'asked').length
    for (const [verb, state] of [
      ['Approve', 'approved'],
      ['Refuse', 'rejected'],
    ] as const) {
      // A strategy may take its wish back while somebody reads about it: then the next one is answered.
      const ends: string[] = []
      while (ends.length < ATTEMPTS && ends.at(-1) !== state) {
        await expect.poll(askedFor, { timeout: WAIT_MS }).toBeGreaterThan(0)
        await page.goto(`${origin}/config/approvals`)
        await page.locator('.approval').first().waitFor()
        await picture(page, 'approvals')
        const { approval } = await answered(page, verb)
        const end = async (): Promise<string> => (await rows()).find(({ id }) => id === approval)?.state ?? 'asked'
        await expect.poll(end, { timeout: WAIT_MS }).not.toBe('asked')
        ends.push(await end())
      }
      expect([verb, ends.at(-1)]).toEqual([verb, state])
    }
  })

  it('a sleeve is flattened after its name was typed: its positions are closed, and it waits', async () => {
    const { page, origin } = world()
    await proveAgain(world(), passphrase)
    const held = async (): Promise<ReadonlyMap<string, number>> => {
      const { data } = await ask<Dated<PositionTable>>(world(), 'positions?limit=500')
      const counts = new Map<string, number>()
      for (const { sleeve } of data.rows.flatMap(({ parts }) => parts))
        counts.set(sleeve, (counts.get(sleeve) ?? 0) + 1)
      return counts
    }
    await expect.poll(async () => (await held()).size, { timeout: WAIT_MS }).toBeGreaterThan(0)
    const [most] = [...(await held())].sort(([, one], [, other]) => other - one)
    const [sleeve] = most!
    const { data } = await ask<Dated<SleeveTable>>(world(), 'sleeves')
    const { title } = data.rows.find((row) => row.sleeve === sleeve)!
    await page.goto(`${origin}/config/sleeves`)
    await page.getByRole('button', { name: `More for ${title}` }).click()
    await page.getByRole('menuitem', { name: `Flatten ${title}` }).click()
    const dialog = page.getByRole('dialog', { name: `Flatten ${title}?` })
    const act = dialog.getByRole('button', { name: `Flatten ${title}` })
    expect(await act.isDisabled()).toBe(true)
    await dialog.getByLabel(/^Type/).fill(sleeve)
    await picture(page, 'flatten')
    await act.click()
    await expect.poll(async () => (await held()).get(sleeve) ?? 0, { timeout: WAIT_MS }).toBe(0)
    await page.getByRole('button', { name: `Resume ${title}` }).click({ timeout: WAIT_MS })
    await page.getByRole('button', { name: `Pause ${title}` }).waitFor()
  })
}

/** Answers the first card, and gives what the server was sent. */
async function answered(page: Page, verb: string): Promise<{ readonly approval: string }> {
  const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/commands'))
  await page.locator('.approval').first().getByRole('button', { name: verb, exact: true }).click()
  const { body } = (await sent).postDataJSON() as { readonly body: { readonly approval: string } }
  return body
}
