/** Edits between two words: insert, delete, replace, swap neighbours. @see Damerau (1964), restricted form */
function distance(left: string, right: string): number {
  let before: number[] = []
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= right.length; j += 1) {
      const same = left[i - 1] === right[j - 1]
      let cost = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]
      if (swapped) cost = Math.min(cost, before[j - 2]! + 1)
      next.push(cost)
    }
    before = row
    row = next
  }
  return row[right.length]!
}

const plain = (word: string): string => word.toLowerCase().replace(/[-_\s]/g, '')

/** The known word nearest to what was typed, if near enough to be a slip of the hand; else null. */
export function nearest(word: string, known: readonly string[]): string | null {
  let best: string | null = null
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of known) {
    const edits = plain(word) === plain(candidate) ? 0 : distance(word.toLowerCase(), candidate.toLowerCase())
    if (edits < least) {
      best = candidate
      least = edits
    }
  }
  return best
}

/** '; did you mean "capital"?' or, where nothing is near, what is known: at most a dozen names. */
export function hint(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  if (near !== null) return `; did you mean "${near}"?`
  if (known.length === 0) return '; remove it'
  const shown = known.slice(0, 12).join(', ')
  return `; known here: ${shown}${known.length > 12 ? ', ...' : ''}`
}
