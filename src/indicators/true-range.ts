/** The largest of high - low, |high - last close| and |low - last close|. */
export function trueRange(high: number, low: number, lastClose: number): number {
  const above = Math.abs(high - lastClose)
  const below = Math.abs(low - lastClose)
  const range = high - low
  const outside = above > below ? above : below
  return range > outside ? range : outside
}
