const STEP_FAR = 10

/** Where an arrow key leads; null: it is no key of the cursor. */
export function nextPlace(key: string, isFar: boolean, place: number, length: number): number | null {
  const step = isFar ? STEP_FAR : 1
  if (key === 'ArrowRight') return Math.min(length - 1, place + step)
  if (key === 'ArrowLeft') return Math.max(0, place < 0 ? length - 1 : place - step)
  if (key === 'Home') return 0
  return key === 'End' ? length - 1 : null
}
