const EPSILON = 1e-12

/** Whether a day's loss is beyond the limit; exactly at it entries still pass. Without value any loss is beyond. */
export function dailyLossBreached(
  { profit, value }: { readonly profit: number; readonly value: number },
  lossMax: number,
): boolean {
  return 0 - profit > lossMax * Math.max(0, value) * (1 + EPSILON)
}
