import type { SleeveBar, SleeveIndicator, SleeveMark, SleeveSignal } from '../../../src/api/contract/sleeve-page.ts'

/** What the price chart shows beside its bars: entries, exits and signals of the bars that are seen, never more than can be read. */

/** Above this many markers in sight they collapse to counts. */
export const MARKERS_MOST = 500
/** Groups that they collapse to. */
const GROUPS = 40

export interface PriceColours {
  readonly pos: string
  readonly neg: string
  readonly text: string
  readonly quiet: string
}

/** A marker as lightweight-charts draws it. */
export interface PriceMarker {
  readonly time: string
  readonly position: 'aboveBar' | 'belowBar'
  readonly shape: 'arrowUp' | 'arrowDown' | 'circle' | 'square'
  readonly color: string
  readonly text: string
  readonly size: number
}

/** Whether a mark bought: an entry long, or the exit of a short. */
export function bought({ what, side }: Pick<SleeveMark, 'what' | 'side'>): boolean {
  return (what === 'entry') === (side === 'long')
}

function markOf(mark: SleeveMark, colours: PriceColours): PriceMarker {
  const isBuy = bought(mark)
  return {
    time: mark.day,
    position: isBuy ? 'belowBar' : 'aboveBar',
    shape: isBuy ? 'arrowUp' : 'arrowDown',
    // An exit has the colour of its result; an entry has none yet.
    color: mark.what === 'entry' ? colours.text : (mark.pnl ?? 0) < 0 ? colours.neg : colours.pos,
    text: mark.what === 'entry' ? '' : 'exit',
    size: 1,
  }
}

function signalOf(signal: SleeveSignal, colours: PriceColours): PriceMarker {
  return {
    time: signal.day,
    position: signal.quantity >= 0 ? 'belowBar' : 'aboveBar',
    shape: 'circle',
    color: colours.quiet,
    text: '',
    size: 0.5,
  }
}

export interface Seen {
  readonly bars: readonly SleeveBar[]
  readonly marks: readonly SleeveMark[]
  readonly signals: readonly SleeveSignal[]
}

/** Groups of neighbouring bars with how many entries and exits fall into each. */
function counted(seen: Seen, colours: PriceColours): readonly PriceMarker[] {
  const step = Math.max(1, Math.ceil(seen.bars.length / GROUPS))
  const groupOf = new Map(seen.bars.map((bar, place) => [bar.day, Math.floor(place / step)]))
  const counts = new Map<number, number>()
  for (const { day } of seen.marks) {
    const group = groupOf.get(day)
    if (group !== undefined) counts.set(group, (counts.get(group) ?? 0) + 1)
  }
  return [...counts]
    .sort(([left], [right]) => left - right)
    .map(([group, number]) => ({
      time: seen.bars[Math.min(seen.bars.length - 1, group * step + Math.floor(step / 2))]!.day,
      position: 'aboveBar',
      shape: 'square',
      color: colours.quiet,
      text: String(number),
      size: 0.6,
    }))
}

/** The markers of the bars from one day to another, in the order of their days. */
export function markersWithin(all: Seen, from: string, to: string, colours: PriceColours): readonly PriceMarker[] {
  const isIn = ({ day }: { readonly day: string }): boolean => day >= from && day <= to
  const seen = { bars: all.bars.filter(isIn), marks: all.marks.filter(isIn), signals: all.signals.filter(isIn) }
  if (seen.marks.length + seen.signals.length > MARKERS_MOST) return counted(seen, colours)
  const days = new Set(seen.bars.map(({ day }) => day))
  const markers = [
    ...seen.signals.map((signal) => signalOf(signal, colours)),
    ...seen.marks.map((mark) => markOf(mark, colours)),
  ].filter(({ time }) => days.has(time))
  return markers.sort((left, right) => (left.time < right.time ? -1 : left.time > right.time ? 1 : 0))
}

/** The visible bars after Ctrl and the wheel: narrower or wider around the pointer, never beyond the bars. */
export function zoomed(
  range: { readonly from: number; readonly to: number },
  at: number,
  isIn: boolean,
  bars: number,
): { readonly from: number; readonly to: number } {
  const factor = isIn ? 0.8 : 1.25
  const width = Math.min(Math.max(10, (range.to - range.from) * factor), bars + 10)
  const part = (at - range.from) / Math.max(1e-9, range.to - range.from)
  const from = at - width * part
  return { from, to: from + width }
}

/** Panes below the prices: more of them leave none of them room. */
const PANES_MOST = 2

/** What has a pane of its own: outputs of one indicator share it. */
export function panesOf(indicators: readonly SleeveIndicator[]): readonly string[] {
  const own = indicators.filter(({ isPrice }) => !isPrice).map(({ of }) => of)
  return [...new Set(own)].slice(0, PANES_MOST)
}
