/** What each sleeve's part of a netted instrument is, and what it earned: parts are signed, so opposite wishes stay so. */
export interface NettedParts {
  readonly net: number
  /** Each sleeve's signed wish over the net: they add up to 1. NaN where all crossed inside. */
  readonly shares: readonly number[]
  /** Each sleeve's profit when the price goes from `price` to `mark`; they add up to the net's. */
  readonly profits: readonly number[]
  readonly profit: number
}

/** Attribution of one instrument's netted position. Weights by absolute size would turn the smaller side's sign. */
export function nettedParts(
  quantities: readonly number[],
  { price, mark, multiplier = 1 }: { readonly price: number; readonly mark: number; readonly multiplier?: number },
): NettedParts {
  const net = quantities.reduce((sum, quantity) => sum + quantity, 0)
  const gain = (mark - price) * multiplier
  return {
    net,
    shares: quantities.map((quantity) => (net === 0 ? Number.NaN : quantity / net)),
    profits: quantities.map((quantity) => quantity * gain),
    profit: net * gain,
  }
}
