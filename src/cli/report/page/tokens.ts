/* Colours of the page in both themes. Sleeve and class hues carry no text; the ramp's ink is chosen for contrast. */

export const DARK = {
  bg: '#0b0f14',
  surface: '#141a22',
  raised: '#1d232c',
  line: '#293038',
  control: '#667282',
  text: '#e9edf2',
  'text-2': '#afb9c3',
  'text-3': '#8a95a1',
  accent: '#8bb9fe',
  pos: '#50d8bb',
  neg: '#fc7754',
  warn: '#f3be55',
  'warn-bg': '#2b2413',
  edge: '#222932',
} as const

export const LIGHT: { readonly [K in keyof typeof DARK]: string } = {
  bg: '#f4f6f8',
  surface: '#ffffff',
  raised: '#eef1f5',
  line: '#dce0e5',
  control: '#7e8792',
  text: '#171d26',
  'text-2': '#48515c',
  'text-3': '#616a76',
  accent: '#115bcd',
  pos: '#007465',
  neg: '#c6320b',
  warn: '#895706',
  'warn-bg': '#fdf3df',
  edge: '#e2e6ea',
}

/** Twelve hues; a sleeve keeps the hue of its declared place. */
const SLEEVES = {
  dark: '#96bcfd #a87a2a #9a79e8 #a9b638 #fda5bc #129ea8 #fadb75 #aa52aa #a2e9cb #626cdd #bd8f74 #737b86'.split(' '),
  light: '#3d72d1 #6e4b00 #6038a5 #8a950e #b8436a #059fa9 #866c06 #9c439c #00583f #2d2595 #b08267 #363e48'.split(' '),
} as const

/** Nine steps from loss to gain, and the colour of the figure on each. */
export const RAMP = {
  dark: {
    fill: '#e66441 #a6482f #6e3526 #3f2620 #1a1e25 #19342d #1d5246 #237967 #30a890'.split(' '),
    ink: '#0b0f14 #ffffff #e9edf2 #e9edf2 #e9edf2 #e9edf2 #e9edf2 #ffffff #0b0f14'.split(' '),
  },
  light: {
    fill: '#e66441 #f39a7b #fac3ad #fde1d5 #f3f5f8 #d4efe7 #acddd0 #75c6b4 #2c9a88'.split(' '),
    ink: '#0b0f14 #171d26 #171d26 #171d26 #171d26 #171d26 #171d26 #171d26 #0b0f14'.split(' '),
  },
} as const

function declarations(theme: 'dark' | 'light'): string {
  const named = Object.entries(theme === 'dark' ? DARK : LIGHT).map(([name, value]) => `--${name}:${value}`)
  const sleeves = SLEEVES[theme].map((value, index) => `--sleeve-${index + 1}:${value}`)
  const fills = RAMP[theme].fill.map((value, index) => `--d${index}:${value}`)
  const inks = RAMP[theme].ink.map((value, index) => `--i${index}:${value}`)
  return [`color-scheme:${theme}`, ...named, ...sleeves, ...fills, ...inks].join(';')
}

/** Dark unless the system or `data-theme` says light; paper is always light. */
export function themeStyle(): string {
  const light = declarations('light')
  return `:root{${declarations('dark')}}
@media (prefers-color-scheme:light){:root:not([data-theme=dark]){${light}}}
:root[data-theme=light]{${light}}
@media print{:root,:root[data-theme]{${light}}}`
}
