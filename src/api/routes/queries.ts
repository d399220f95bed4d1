/** What queries of lists have in common. */
import { z } from 'zod'
import { Refusal } from '../refusal.ts'
import { portfolioName, when } from '../schemas/answers.ts'

export const params = z.object({ portfolio: portfolioName })
export const range = { from: when.exactOptional(), to: when.exactOptional() }
export const cursor = z.string().min(1).max(400)
export const offset = z.coerce.number().int().min(0).max(10_000_000)

const DAY_MS = 86_400_000

/** A day that is named as the end is in it. */
export function momentsOf({ from, to }: { readonly from?: string | undefined; readonly to?: string | undefined }): {
  readonly from?: number
  readonly to?: number
} {
  return {
    ...(from === undefined ? {} : { from: Date.parse(from) }),
    ...(to === undefined ? {} : { to: Date.parse(to) + (to.length === DAY_LETTERS ? DAY_MS - 1 : 0) }),
  }
}

const DAY_LETTERS = '2026-03-06'.length

/** A key that is left out where nothing was said. */
export function opt<Key extends string>(key: Key, value: string | undefined): { readonly [Name in Key]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [Name in Key]?: string }
}

/** A cursor that is none of ours is the fault of whoever asks. */
export async function paged<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new Refusal('invalid', error.message, { details: [{ at: 'query', text: error.message }] })
  }
}
