/** Files that the draft of a portfolio names. Whoever sends one over the API chooses no files of this machine by it. */
import { parse } from 'yaml'
import type { Path } from './document.ts'
import { pathText } from './problems.ts'

interface Stray {
  readonly path: string
  readonly reason: string
}

/** Absolute, or above the folder that the file stands in. */
const ELSEWHERE = /^([\\/~]|[A-Za-z]:[\\/])|(^|[\\/])\.\.([\\/]|$)/
const NOWHERE: readonly string[] = []

/** What a draft names outside of the folder of the file in whose place it is to stand, and that file does not. */
export function strayFiles(draft: string, present: string): readonly Stray[] {
  const known = new Set(textsOf(parsed(present), []).map(({ text }) => text))
  return textsOf(parsed(draft), [])
    .filter(({ text }) => ELSEWHERE.test(text) && !known.has(text))
    .map(({ text, path }) => ({
      path: pathText(path),
      reason: `names "${text}", outside of the folder of the portfolio file; put it there, or name it in the file itself`,
    }))
}

/** What cannot be read is refused by whoever reads it as a portfolio. */
function parsed(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return NOWHERE
  }
}

function textsOf(value: unknown, path: Path): readonly { readonly text: string; readonly path: Path }[] {
  if (typeof value === 'string') return [{ text: value, path }]
  if (typeof value !== 'object' || value === null) return []
  const isList = Array.isArray(value)
  return Object.entries(value).flatMap(([key, inner]) => textsOf(inner, [...path, isList ? Number(key) : key]))
}
