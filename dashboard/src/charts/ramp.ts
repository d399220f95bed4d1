/** The nine steps from loss through nothing to gain, and text that can be read on each. */

type Rgb = readonly [number, number, number]

function rgbOf(colour: string): Rgb {
  const hex = colour.replace('#', '')
  const long = hex.length === 3 ? hex.replace(/./g, '$&$&') : hex
  return [0, 2, 4].map((at) => Number.parseInt(long.slice(at, at + 2), 16)) as unknown as Rgb
}

/** The step nearest to a value from -1 to 1: few grounds, so that text on each was measured. Further out is the last one. */
export function rampStep(steps: readonly string[], value: number): string {
  const place = ((Math.min(1, Math.max(-1, value)) + 1) / 2) * (steps.length - 1)
  return steps[Math.round(place)]!
}

/** Relative luminance of WCAG 2. */
function luminance(colour: string): number {
  const [red, green, blue] = rgbOf(colour).map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as unknown as Rgb
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Contrast ratio of WCAG 2, from 1 to 21. */
export function contrast(left: string, right: string): number {
  const [high, low] = [luminance(left), luminance(right)].sort((a, b) => b - a) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

const READABLE = 4.5 // contrast that WCAG asks of text
const WHITE = '#ffffff' // where none of the page's own inks is strong enough

/** Of the page's inks the first that is read on the ground, else white or the best there is. */
export function inkOn(ground: string, inks: readonly [string, string]): string {
  const all = [...inks, WHITE].map((ink) => ({ ink, reads: contrast(ground, ink) }))
  const readable = all.find(({ reads }) => reads >= READABLE)
  return (readable ?? all.sort((left, right) => right.reads - left.reads)[0]!).ink
}
