/**
 * Places of labels along a line, each as near to its wish as the gap between neighbours allows, in the order of the wishes.
 *
 * @example spread([10, 12], 18, 0, 100) // => [10, 28]
 */
export function spread(wishes: readonly number[], gap: number, least: number, most: number): readonly number[] {
  const order = wishes.map((wish, index) => ({ wish, index })).sort((a, b) => a.wish - b.wish)
  const places: number[] = []
  for (const { wish } of order) places.push(Math.max(wish, (places.at(-1) ?? least - gap) + gap))
  for (let at = places.length - 1; at >= 0; at -= 1)
    places[at] = Math.min(places[at]!, at === places.length - 1 ? most : places[at + 1]! - gap)
  const result = wishes.map(() => 0)
  for (const [place, { index }] of order.entries()) result[index] = places[place]!
  return result
}
