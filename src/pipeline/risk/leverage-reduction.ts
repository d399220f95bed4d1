const EPSILON = 1e-12

export interface LeverageReduction {
  /** Gross exposure over equity; NaN without equity. */
  readonly leverage: number
  /** Factor on every position that brings gross exposure to the limit; 1 where it is within, 0 without equity. */
  readonly factor: number
}

/** How far all positions must shrink, in proportion, for gross exposure to be at most `leverageMax` times equity. */
export function leverageReduction(
  exposures: readonly number[],
  { equity, leverageMax }: { readonly equity: number; readonly leverageMax: number },
): LeverageReduction {
  const gross = exposures.reduce((sum, exposure) => sum + Math.abs(exposure), 0)
  if (!(equity > 0)) return { leverage: Number.NaN, factor: gross > 0 ? 0 : 1 }
  const within = gross <= leverageMax * equity * (1 + EPSILON)
  return { leverage: gross / equity, factor: within ? 1 : (leverageMax * equity) / gross }
}
