const EPSILON = 1e-12

/**
 * Factors on the weights of sleeves that move together: threshold over the highest correlation that a sleeve has above
 * it, 1 for the others. What is cut goes to the reserve. Correlations that are not known (NaN) reduce nothing.
 *
 * @param correlation square, by sleeve
 */
export function correlationReduction(
  correlation: readonly (readonly number[])[],
  threshold: number,
): readonly number[] {
  return correlation.map((row, sleeve) => {
    let highest = threshold
    for (let other = 0; other < row.length; other += 1) {
      if (other !== sleeve && row[other]! > highest + EPSILON) highest = row[other]!
    }
    return threshold / highest
  })
}
