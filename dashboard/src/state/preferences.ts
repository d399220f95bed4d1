import type { ZoneChoice } from '../times.ts'
import { type Store, store } from './store.ts'

export const RESULT_COLOURS = ['teal-vermilion', 'blue-orange', 'red-up'] as const
export type ResultColours = (typeof RESULT_COLOURS)[number]

/** What a reader chose for this browser: nothing of it leaves it. */
export interface Preferences {
  readonly theme: 'dark' | 'light' | 'system'
  readonly results: ResultColours
  readonly zone: ZoneChoice
  /** Amounts are shown as parts of the portfolio's value. */
  readonly discreet: boolean
  /** Keys without Ctrl, such as `g` and `t`, act. */
  readonly singleKeys: boolean
  /** Fills are also told by the browser's own notices. */
  readonly notices: boolean
  /** Pages that were opened once, by address. */
  readonly seen: readonly string[]
}

const KEY = 'polyfolio.preferences'
const DEFAULTS: Preferences = {
  theme: 'system',
  results: 'teal-vermilion',
  zone: 'exchange',
  discreet: false,
  singleKeys: true,
  notices: false,
  seen: [],
}

function saved(): Preferences {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>) }
  } catch {
    return DEFAULTS // a browser without storage keeps nothing, and works
  }
}

export const preferences: Store<Preferences> = store(saved())

export function prefer(change: Partial<Preferences>): void {
  const next = { ...preferences.get(), ...change }
  preferences.set(next)
  try {
    localStorage.setItem(KEY, JSON.stringify(next))
  } catch {
    // kept for this page only
  }
  showPreferences()
}

const lightSystem = (): MediaQueryList => matchMedia('(prefers-color-scheme: light)')

/** Paper is light, whatever the screen is: while something is printed, and while pages are laid out for it. */
let isPrinted = false
let isLaidOut = false

export function themeShown(): 'dark' | 'light' {
  if (isPrinted || isLaidOut) return 'light'
  const { theme } = preferences.get()
  if (theme !== 'system') return theme
  return lightSystem().matches ? 'light' : 'dark'
}

/** The theme that is painted now; charts follow it. */
export const painted: Store<string> = store('')

function showPreferences(): void {
  const root = document.documentElement
  const { results } = preferences.get()
  root.dataset['theme'] = themeShown()
  if (results === 'teal-vermilion') delete root.dataset['results']
  else root.dataset['results'] = results
  painted.set(`${themeShown()} ${results}`)
}

/** Charts that paint in the next frame are light before the first one of paper, not after it. */
export function layOutForPaper(isSo: boolean): void {
  isLaidOut = isSo
  showPreferences()
}

/** Shows the reader's choice, now and whenever the system changes its own. */
export function followPreferences(): void {
  showPreferences()
  lightSystem().addEventListener('change', showPreferences)
  for (const [event, printed] of [
    ['beforeprint', true],
    ['afterprint', false],
  ] as const) {
    window.addEventListener(event, () => {
      isPrinted = printed
      showPreferences()
    })
  }
}
