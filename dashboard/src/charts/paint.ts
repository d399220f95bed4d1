import { useMemo } from 'react'
import { painted } from '../state/preferences.ts'
import { useStore } from '../state/store.ts'

/** The page's colours as a canvas needs them: the tokens' values of the theme that is shown. */
export interface Paint {
  readonly surface: string
  readonly raised: string
  readonly line: string
  readonly control: string
  readonly text: string
  readonly text2: string
  readonly text3: string
  readonly accent: string
  readonly pos: string
  readonly neg: string
  readonly warn: string
  readonly info: string
  readonly benchmark: string
  readonly font: string
  /** Of a sleeve by its place among the sleeves. */
  readonly sleeve: (ordinal: number) => string
  /** Of an asset class by its rank, from 0. */
  readonly rank: (place: number) => string
  /** Nine steps from negative through nothing to positive. */
  readonly diverging: readonly string[]
}

const HUES = 12
const CLASSES = 6

/** Name of the token of a sleeve's hue; its place decides, never its rank. */
export function sleeveToken(ordinal: number): string {
  return ordinal < 0 ? '--text' : `--sleeve-${(ordinal % HUES) + 1}`
}

/** Above twelve sleeves hues repeat: dashed up to 24, dotted beyond. */
export function sleeveDash(ordinal: number): 'solid' | number[] {
  const round = Math.floor(Math.max(0, ordinal) / HUES)
  if (round === 0) return 'solid'
  return round === 1 ? [6, 4] : [2, 3]
}

export function classToken(place: number): string {
  return `--class-${Math.min(place, CLASSES - 1) + 1}`
}

function paintNow(): Paint {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string): string => style.getPropertyValue(name).trim()
  return {
    surface: token('--surface'),
    raised: token('--raised'),
    line: token('--line'),
    control: token('--control'),
    text: token('--text'),
    text2: token('--text-2'),
    text3: token('--text-3'),
    accent: token('--accent'),
    pos: token('--pos'),
    neg: token('--neg'),
    warn: token('--warn'),
    info: token('--info'),
    benchmark: token('--benchmark'),
    font: token('--font'),
    sleeve: (ordinal) => token(sleeveToken(ordinal)),
    rank: (place) => token(classToken(place)),
    diverging: Array.from({ length: 9 }, (_, step) => token(`--div-${step + 1}`)),
  }
}

/** The colours of the theme; another object when the theme is another. */
export function usePaint(): Paint {
  const theme = useStore(painted)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tokens' values follow from the theme's name
  return useMemo(paintNow, [theme])
}
