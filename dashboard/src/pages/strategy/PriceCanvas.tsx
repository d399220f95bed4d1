import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineSeries,
  type Time,
} from 'lightweight-charts'
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import type { SleevePrices } from '../../../../src/api/contract/sleeve-page.ts'
import { type Paint, usePaint } from '../../charts/paint.ts'
import { nextPlace } from '../../charts/places.ts'
import { markersWithin, panesOf, zoomed } from '../../charts/price.ts'
import { count, price } from '../../format.ts'
import { tradeDate } from '../../times.ts'

/** Prices have the first one, volumes the second. */
const FIRST_PANE = 2
const VOLUME_SHARE = 0.16
/** Of each pane below the prices that indicators have. */
const PANE_SHARE = 0.22
const BARS_AT_FIRST = 250

interface Drawn {
  readonly chart: IChartApi
  readonly candles: ISeriesApi<'Candlestick'>
  readonly volumes: ISeriesApi<'Histogram'>
  readonly markers: ISeriesMarkersPluginApi<Time>
  readonly curves: ISeriesApi<'Line'>[]
}

const dayOf = (time: unknown): string => (typeof time === 'string' ? time : '')

function create(element: HTMLElement, decimals: number): Drawn {
  const tick = 10 ** -decimals
  const chart = createChart(element, {
    autoSize: true,
    layout: { background: { color: 'transparent' }, panes: { enableResize: false }, attributionLogo: false },
    handleScroll: { vertTouchDrag: false, mouseWheel: false },
    handleScale: { mouseWheel: false, pinch: true, axisPressedMouseMove: false },
    localization: {
      timeFormatter: (time: Time) => tradeDate(dayOf(time)),
    },
    rightPriceScale: { borderVisible: false },
    timeScale: { borderVisible: false, rightOffset: 2, minBarSpacing: 0.2 },
  })
  const candles = chart.addSeries(CandlestickSeries, {
    priceFormat: { type: 'custom', minMove: tick, formatter: (value: number) => price(value, tick) },
    priceLineVisible: false,
    upColor: 'transparent',
    borderVisible: true,
  })
  const volumes = chart.addSeries(
    HistogramSeries,
    { priceFormat: { type: 'volume' }, priceLineVisible: false, lastValueVisible: false },
    1,
  )
  chart.panes()[0]?.setStretchFactor(1 - VOLUME_SHARE)
  chart.panes()[1]?.setStretchFactor(VOLUME_SHARE)
  return { chart, candles, volumes, markers: createSeriesMarkers(candles, []), curves: [] }
}

function colour({ chart, candles, volumes }: Drawn, paint: Paint): void {
  chart.applyOptions({
    layout: { textColor: paint.text3, fontFamily: paint.font, fontSize: 11, panes: { separatorColor: paint.line } },
    grid: { vertLines: { visible: false }, horzLines: { color: paint.line } },
    crosshair: {
      vertLine: { color: paint.control, style: 0, labelBackgroundColor: paint.raised },
      horzLine: { color: paint.control, style: 0, labelBackgroundColor: paint.raised },
    },
  })
  // Rising bars are hollow, falling ones filled: their way is not told by colour alone.
  candles.applyOptions({
    downColor: paint.neg,
    borderUpColor: paint.pos,
    borderDownColor: paint.neg,
    wickUpColor: paint.pos,
    wickDownColor: paint.neg,
  })
  volumes.applyOptions({ color: paint.control })
}

/** Indicators over the prices, and below them one pane for each that has a scale of its own. */
function drawCurves(made: Drawn, { bars, indicators, decimals }: SleevePrices, paint: Paint): void {
  const { chart, curves } = made
  for (const curve of curves.splice(0)) chart.removeSeries(curve)
  const tick = 10 ** -decimals
  const panes = panesOf(indicators)
  for (const [place, { name, of, isPrice, values }] of indicators.entries()) {
    const pane = isPrice ? 0 : FIRST_PANE + panes.indexOf(of)
    if (!isPrice && !panes.includes(of)) continue
    const curve = chart.addSeries(
      LineSeries,
      {
        color: paint.sleeve(place),
        lineWidth: 1,
        title: name,
        priceLineVisible: false,
        crosshairMarkerVisible: false,
        priceFormat: {
          type: 'custom',
          minMove: tick,
          formatter: (value: number) => price(value, isPrice ? tick : 0.01),
        },
      },
      pane,
    )
    // What is not defined yet is a gap.
    curve.setData(
      bars.map(({ day }, bar) => {
        const value = values[bar] ?? null
        return value === null ? { time: day } : { time: day, value }
      }),
    )
    curves.push(curve)
  }
  const below = panes.length * PANE_SHARE
  const shares = [1 - VOLUME_SHARE, VOLUME_SHARE, ...panes.map(() => PANE_SHARE)]
  for (const [place, pane] of chart.panes().entries()) pane.setStretchFactor((shares[place] ?? 0) / (1 + below))
}

function barText(view: SleevePrices, place: number): string {
  const bar = view.bars[place]
  if (bar === undefined) return ''
  const tick = 10 ** -view.decimals
  const marks = view.marks
    .filter(({ day }) => day === bar.day)
    .map((mark) => `${mark.what} ${mark.side} ${mark.quantity} at ${price(mark.price, tick)} (${mark.reason})`)
  const known = view.indicators.flatMap(({ name, isPrice, values }) => {
    const value = values[place] ?? null
    return value === null ? [] : [`${name} ${price(value, isPrice ? tick : 0.01)}`]
  })
  const parts = [
    `${tradeDate(bar.day)}: open ${price(bar.open, tick)}, high ${price(bar.high, tick)}, low ${price(bar.low, tick)}, close ${price(bar.close, tick)}, volume ${count(bar.volume)}`,
    ...known,
    ...marks,
  ]
  return parts.join('; ')
}

/** Bars with what the sleeve saw and did in them; Ctrl and the wheel zoom, dragging pans, the plain wheel scrolls the page. */
export function PriceCanvas({ view }: { readonly view: SleevePrices }): ReactNode {
  const box = useRef<HTMLDivElement>(null)
  const drawn = useRef<Drawn | null>(null)
  const place = useRef(-1)
  const [said, setSaid] = useState('')
  const paint = usePaint()
  const { bars, instrument, decimals } = view

  useEffect(() => {
    const element = box.current!
    const made = create(element, decimals)
    Object.assign(element, { drawn: () => ({ series: [{ id: 'candles', data: made.candles.data() }] }) })
    drawn.current = made
    function wheel(event: WheelEvent): void {
      const range = made.chart.timeScale().getVisibleLogicalRange()
      if (!event.ctrlKey || range === null) return
      event.preventDefault()
      const at = made.chart.timeScale().coordinateToLogical(event.offsetX) ?? range.to
      made.chart.timeScale().setVisibleLogicalRange(zoomed(range, at, event.deltaY < 0, bars.length))
    }
    element.addEventListener('wheel', wheel, { passive: false })
    return () => {
      element.removeEventListener('wheel', wheel)
      made.chart.remove()
      drawn.current = null
    }
  }, [decimals, bars.length])

  // biome-ignore lint/correctness/useExhaustiveDependencies: another chart object needs its colours and bars again
  useEffect(() => {
    const made = drawn.current
    if (made === null) return
    colour(made, paint)
    made.candles.setData(bars.map(({ day, open, high, low, close }) => ({ time: day, open, high, low, close })))
    made.volumes.setData(bars.map(({ day, volume }) => ({ time: day, value: volume })))
    drawCurves(made, view, paint)
    const colours = { pos: paint.pos, neg: paint.neg, text: paint.text, quiet: paint.text3 }
    const mark = (): void => {
      const range = made.chart.timeScale().getVisibleLogicalRange()
      const at = (index: number): string => bars[Math.min(bars.length - 1, Math.max(0, Math.round(index)))]?.day ?? ''
      const found = range === null ? [] : markersWithin(view, at(range.from), at(range.to), colours)
      made.markers.setMarkers(found.map((marker) => ({ ...marker, time: marker.time as Time })))
    }
    made.chart.timeScale().subscribeVisibleLogicalRangeChange(mark)
    mark()
    return () => {
      if (drawn.current === made) made.chart.timeScale().unsubscribeVisibleLogicalRangeChange(mark)
    }
  }, [view, paint, bars, decimals])

  // biome-ignore lint/correctness/useExhaustiveDependencies: another instrument is shown from its newest bars
  useEffect(() => {
    drawn.current?.chart
      .timeScale()
      .setVisibleLogicalRange({ from: Math.max(-1, bars.length - BARS_AT_FIRST), to: bars.length + 2 })
  }, [instrument, bars.length])

  useEffect(() => {
    const made = drawn.current
    if (made === null) return
    const hear = ({ logical }: { readonly logical?: number }): void => {
      if (logical !== undefined) setSaid(barText(view, logical))
    }
    made.chart.subscribeCrosshairMove(hear)
    return () => {
      if (drawn.current === made) made.chart.unsubscribeCrosshairMove(hear)
    }
  }, [view])

  function onKey(event: KeyboardEvent): void {
    const made = drawn.current
    const next = nextPlace(event.key, event.shiftKey, place.current, bars.length)
    const bar = next === null ? undefined : bars[next]
    if (made === null || next === null || bar === undefined || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    place.current = next
    setSaid(barText(view, next))
    made.chart.setCrosshairPosition(bar.close, bar.day, made.candles)
  }

  const last = bars.at(-1)
  return (
    <div className="price">
      <p className="panel-line price-line">
        <span className="price-said" aria-live="polite">
          {said === '' ? barText(view, bars.length - 1) : said}
        </span>
        {/* The licence of the library asks for its name and a link. */}
        <a className="quiet" href="https://www.tradingview.com/" target="_blank" rel="noreferrer">
          TradingView Lightweight Charts
        </a>
      </p>
      <div
        ref={box}
        className="price-canvas"
        role="img"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: its bars are walked by arrow keys
        tabIndex={0}
        onKeyDown={onKey}
        onBlur={() => {
          place.current = -1
          drawn.current?.chart.clearCrosshairPosition()
        }}
        aria-label={`Price of ${instrument}, ${bars.length} daily bars${last === undefined ? '' : ` to ${last.day}, close ${price(last.close, 10 ** -decimals)}`}, ${view.marks.length} entries and exits, ${view.signals.length} signals.`}
      />
    </div>
  )
}
