/** What differs between two configurations, key by key, without anything that is secret. */
import type { ConfigurationChange } from '../../api/contract/configuration.ts'
import { redactor } from './redact.ts'

const CHANGES_MOST = 500
/** Keys of alert channels whose values open something, which are no secrets by their names. */
const OPENS = /(^|_)(webhook_url|sid)$/i
/** The name of a variable of the environment tells nothing. */
const VARIABLE = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/

const shown = redactor([])

/** Key by key; items of a list that have an id are the same where their ids are. */
export function changesBetween(before: unknown, after: unknown, path = ''): readonly ConfigurationChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  const [left, right] = [keyed(before), keyed(after)]
  if (left === null || right === null) return [changeOf(path, before, after)]
  const names = [...new Set([...left.keys(), ...right.keys()])]
  return names
    .flatMap((name) => changesBetween(left.get(name), right.get(name), path === '' ? name : `${path}.${name}`))
    .slice(0, CHANGES_MOST)
}

function keyed(value: unknown): ReadonlyMap<string, unknown> | null {
  if (value === null || typeof value !== 'object') return null
  if (!Array.isArray(value)) return new Map(Object.entries(value))
  const ids = value.map((item: unknown) => (item as { readonly id?: unknown } | null)?.id)
  if (value.length === 0 || ids.some((id) => typeof id !== 'string')) return null
  return new Map(value.map((item: unknown, index) => [ids[index] as string, item]))
}

function changeOf(path: string, before: unknown, after: unknown): ConfigurationChange {
  const isGone = after === undefined && /^sleeves\.[^.]+$/.test(path)
  const isLooser = /(^|\.)(limits|leverage|max|risk)/i.test(path) && Number(after) > Number(before)
  return {
    path,
    before: told(path, before),
    after: told(path, after),
    consequence: '',
    isDangerous: isGone || isLooser,
  }
}

function told(path: string, value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (typeof value === 'string' && VARIABLE.test(value)) return value
  const key = path.split('.').at(-1) ?? ''
  if (OPENS.test(key)) return '[hidden]'
  return (shown.value({ [key]: value }) as Record<string, unknown>)[key]
}
