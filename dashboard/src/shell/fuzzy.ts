/**
 * How well what was typed fits a title: every letter in order; starts of words and runs count more. Null: it does not fit.
 *
 * @example fitOf('pv', 'Performance') // => null
 */
export function fitOf(typed: string, title: string): number | null {
  const wanted = typed.toLowerCase().replace(/\s+/g, '')
  const text = title.toLowerCase()
  let score = 0
  let at = -1
  for (const letter of wanted) {
    const next = text.indexOf(letter, at + 1)
    if (next < 0) return null
    const startsWord = next === 0 || /[\s:/._-]/.test(text[next - 1]!)
    score += next === at + 1 ? 3 : startsWord ? 2 : 0
    score -= next - at > 8 ? 1 : 0
    at = next
  }
  return score - text.length / 100
}

/** What fits, best first; everything in its own order while nothing is typed. */
export function fitting<T>(items: readonly T[], typed: string, titleOf: (item: T) => string): readonly T[] {
  if (typed.trim() === '') return items
  return items
    .flatMap((item) => {
      const fit = fitOf(typed, titleOf(item))
      return fit === null ? [] : [{ item, fit }]
    })
    .sort((a, b) => b.fit - a.fit)
    .map(({ item }) => item)
}
