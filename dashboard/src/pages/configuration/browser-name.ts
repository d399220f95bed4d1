/** Browsers by what they call themselves, and none that others call themselves as well before those others. */
const BROWSERS = [
  ['Edge', /Edg(?:e|A|iOS)?\/(\d+)/],
  ['Opera', /OPR\/(\d+)/],
  ['Firefox', /(?:Firefox|FxiOS)\/(\d+)/],
  ['Chrome', /(?:Chrome|CriOS|HeadlessChrome)\/(\d+)/],
  ['Safari', /Version\/(\d+)[\d.]* (?:Mobile\/\S+ )?Safari\//],
] as const

const SYSTEMS = [
  ['Android', /Android/],
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X/],
  ['ChromeOS', /CrOS/],
  ['Linux', /Linux|X11/],
] as const

/** `Firefox 131 on Linux`; of a program what it says of itself. */
export function browserName(agent: string): string {
  const browser = BROWSERS.map(([name, pattern]) => [name, pattern.exec(agent)?.[1]] as const).find(
    ([, version]) => version !== undefined,
  )
  if (browser === undefined) return agent === '' ? 'not said' : agent
  const system = SYSTEMS.find(([, pattern]) => pattern.test(agent))?.[0]
  return `${browser[0]} ${browser[1]}${system === undefined ? '' : ` on ${system}`}`
}
