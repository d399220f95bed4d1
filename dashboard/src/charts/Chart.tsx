import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { type EChartsCoreOption, type EChartsType, init } from './engine.ts'
import { type Paint, usePaint } from './paint.ts'
import { nextPlace } from './places.ts'

/** Points that the arrow keys walk, read out one at a time. */
export interface Cursor {
  readonly length: number
  /** One point in words: `9 Nov 2025. Portfolio +7.4 %, SPY +8.9 %.` */
  readonly describe: (index: number) => string
  /** Series whose tooltip is shown at the point; left out: the first. */
  readonly seriesIndex?: number
}

export interface ChartClick {
  readonly seriesId: string
  readonly name: string
  readonly dataIndex: number
  readonly value: unknown
}

export interface ChartProps {
  /** Accessible name, with the figures: `Equity, 1 year, line chart. Portfolio +7.4 %, SPY +8.9 %.` */
  readonly name: string
  /** Options for the theme's colours; made anew when they or the data are others, so keep it stable (useCallback). */
  readonly option: (paint: Paint) => EChartsCoreOption
  readonly cursor?: Cursor
  readonly onClick?: (click: ChartClick) => void
  /** HTML of our own above the canvas, such as end labels; told the drawn chart after every draw. */
  readonly overlay?: (chart: EChartsType) => ReactNode
  readonly className?: string
}

interface Drawn {
  readonly chart: EChartsType
  readonly version: number
}

/** Parts that a new option replaces; zoom and tooltip stay as the reader left them. */
const REPLACED = ['series', 'xAxis', 'yAxis', 'grid']

/** Draws into a canvas of the element's size, again when the data, the theme or the size is another. */
function useChart(option: ChartProps['option'], box: React.RefObject<HTMLDivElement | null>): Drawn | null {
  const paint = usePaint()
  const chart = useRef<EChartsType | null>(null)
  const paintedWith = useRef<Paint | null>(null)
  const [drawn, setDrawn] = useState<Drawn | null>(null)
  const latest = useRef<() => void>(() => undefined)
  // The observer speaks once at the beginning: what has been drawn at that size is not drawn again.
  const size = useRef({ width: 0, height: 0 })

  useEffect(() => {
    const element = box.current!
    const observer = new ResizeObserver(() => {
      if (element.clientWidth === size.current.width && element.clientHeight === size.current.height) return
      chart.current?.resize()
      latest.current()
      chart.current?.getZr().flush() // the canvas was emptied: nobody is shown it empty
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      chart.current?.dispose()
      chart.current = null
    }
  }, [box])

  useEffect(() => {
    const redrawn = (shown: EChartsType): void =>
      setDrawn((before) => ({ chart: shown, version: (before?.version ?? 0) + 1 }))
    const draw = (): void => {
      const element = box.current
      if (element === null || element.clientWidth === 0 || element.clientHeight === 0) return
      size.current = { width: element.clientWidth, height: element.clientHeight }
      const isNew = chart.current === null
      const shown = chart.current ?? init(element, null, { renderer: 'canvas' })
      chart.current = shown
      // Whoever looks at the page from outside asks the element what it shows: a canvas tells nothing.
      Object.assign(element, { drawn: () => shown.getOption() })
      if (isNew) shown.on('datazoom', () => redrawn(shown))
      shown.setOption(
        option(paint),
        isNew || paintedWith.current !== paint ? { notMerge: true } : { replaceMerge: REPLACED },
      )
      paintedWith.current = paint
      redrawn(shown)
    }
    latest.current = draw
    draw()
    // Letters on a canvas do not change by themselves when the page's font has come.
    const { fonts } = document
    let isCurrent = true
    if (fonts.status === 'loading') void fonts.ready.then(() => isCurrent && draw())
    return () => {
      isCurrent = false
    }
  }, [option, paint, box])

  return drawn
}

function useClick(drawn: Drawn | null, onClick: ChartProps['onClick']): void {
  const handler = useRef(onClick)
  handler.current = onClick
  const chart = drawn?.chart
  useEffect(() => {
    if (chart === undefined) return
    const listener = (event: unknown): void => {
      const { seriesId, name, dataIndex, value } = event as ChartClick
      handler.current?.({ seriesId, name, dataIndex, value })
    }
    chart.on('click', listener)
    return () => {
      if (!chart.isDisposed()) chart.off('click', listener)
    }
  }, [chart])
}

/** A chart that can be heard and walked: an image with a name, arrow keys into a polite live region. */
export function Chart(props: ChartProps): ReactNode {
  const { name, cursor, overlay, className = '' } = props
  const box = useRef<HTMLDivElement>(null)
  const drawn = useChart(props.option, box)
  useClick(drawn, props.onClick)
  const place = useRef(-1)
  const [said, setSaid] = useState('')

  function onKey(event: KeyboardEvent): void {
    if (cursor === undefined || cursor.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return
    const next = nextPlace(event.key, event.shiftKey, place.current, cursor.length)
    if (next === null) return
    event.preventDefault()
    place.current = next
    setSaid(cursor.describe(next))
    drawn?.chart.dispatchAction({ type: 'showTip', seriesIndex: cursor.seriesIndex ?? 0, dataIndex: next })
  }

  function onBlur(): void {
    place.current = -1
    setSaid('')
    drawn?.chart.dispatchAction({ type: 'hideTip' })
  }

  return (
    <div className={`chart ${className}`}>
      <div
        ref={box}
        className="chart-canvas"
        role="img"
        aria-label={name}
        tabIndex={cursor === undefined ? -1 : 0}
        onKeyDown={onKey}
        onBlur={onBlur}
      />
      {drawn !== null && overlay?.(drawn.chart)}
      <p className="only-heard" aria-live="polite">
        {said}
      </p>
    </div>
  )
}
