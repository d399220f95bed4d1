import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { retryDelay } from '../data/client.ts'
import { useSecond } from '../data/clock.ts'
import type { Source } from '../data/source.ts'
import { AgeChip, useFreshness } from './AgeChip.tsx'
import { Boundary } from './Boundary.tsx'
import { type Exportable, ExportMenu } from './ExportMenu.tsx'
import { FormulaMark } from './Formula.tsx'
import { PANEL_FORMULAS } from './figure-formulas.ts'
import { Icon } from './Icon.tsx'
import { TOGGLE_TABLE } from './panel-keys.ts'
import { ScrolledTable } from './ScrolledTable.tsx'

export interface Empty {
  /** One sentence: `No trades in this period.` */
  readonly text: string
  /** What can be done about it. */
  readonly action?: { readonly label: string; readonly run: () => void }
}

export interface PanelProps<T> {
  readonly title: string
  /** In grey beside the title: what is measured, in which unit. */
  readonly unit?: string
  /** Columns of 12 on a wide screen; every panel takes the whole width below 1280 px unless `keepsSpan`. */
  readonly span: number
  readonly keepsSpan?: boolean
  /** Pixels; a panel without a height is as high as its fixed number of rows. */
  readonly height?: number
  readonly source: Source<T>
  /** Segments, filters: between the unit and the age. */
  readonly controls?: ReactNode
  /** The same rows as a real table, shown by the toggle and by `t`. */
  readonly table?: (data: T) => ReactNode
  /** What the export offers; left out where there is nothing of that kind. */
  readonly exports?: Exportable
  /** Why the data counts as nothing to show; null: there is something. */
  readonly empty?: (data: T) => Empty | null
  readonly className?: string
  /** Shape of what is awaited. */
  readonly skeleton?: 'chart' | 'table' | 'figures'
  readonly children: (data: T) => ReactNode
}

/** Counts down to the next attempt; its wait began when the last one failed. */
function RetryText({ failures }: { readonly failures: number }): ReactNode {
  const nowMs = useSecond()
  const since = useRef({ failures: 0, at: 0 })
  if (since.current.failures !== failures) since.current = { failures, at: nowMs }
  const left = Math.ceil((retryDelay(Math.max(0, failures - 1)) - (nowMs - since.current.at)) / 1000)
  return left > 0 ? `Retrying in ${left} s.` : 'Retrying.'
}

function ErrorLine({ title, source }: { readonly title: string; readonly source: Source<unknown> }): ReactNode {
  return (
    <p className="panel-error" role="status">
      <Icon name="alert" />
      <span>
        Could not load {title.toLowerCase()} ({source.error}). {source.isRetrying && <RetryText {...source} />}
      </span>
      <button type="button" className="link" onClick={source.retry}>
        Retry
      </button>
    </p>
  )
}

function EmptyState({ text, action }: Empty): ReactNode {
  return (
    <div className="panel-empty">
      <p>
        {text}
        {action !== undefined && (
          <>
            {' '}
            <button type="button" className="link" onClick={action.run}>
              {action.label}
            </button>
          </>
        )}
      </p>
    </div>
  )
}

function Body<T>(props: PanelProps<T> & { readonly showsTable: boolean }): ReactNode {
  const { source, empty, table, children, showsTable, skeleton = 'chart' } = props
  const { data } = source
  if (data === null) {
    if (source.isLoading) return <div className={`skeleton skeleton-${skeleton}`} aria-hidden="true" />
    return source.why === '' ? null : <EmptyState text={source.why} />
  }
  const nothing = empty?.(data) ?? null
  if (nothing !== null) return <EmptyState {...nothing} />
  return showsTable && table !== undefined ? (
    <ScrolledTable title={props.title}>{table(data)}</ScrolledTable>
  ) : (
    children(data)
  )
}

/** Toggles between chart and table by its button and by the key `t` while the panel has focus or pointer. */
function useTableToggle(hasTable: boolean): {
  readonly ref: React.RefObject<HTMLElement | null>
  readonly shows: boolean
  readonly toggle: () => void
} {
  const ref = useRef<HTMLElement>(null)
  const [shows, setShows] = useState(false)
  const toggle = (): void => setShows((before) => !before)
  useEffect(() => {
    const element = ref.current
    if (element === null || !hasTable) return
    const listener = (): void => setShows((before) => !before)
    element.addEventListener(TOGGLE_TABLE, listener)
    return () => element.removeEventListener(TOGGLE_TABLE, listener)
  }, [hasTable])
  return { ref, shows, toggle }
}

/** The frame of everything on a page: title, unit, controls, age, table, export, and the same states everywhere. */
export function Panel<T>(props: PanelProps<T>): ReactNode {
  const { title, unit, span, height, source, controls, table, exports: exportable, className = '' } = props
  const id = useId()
  const { ref, shows, toggle } = useTableToggle(table !== undefined)
  const { state } = useFreshness(source)
  const isDim = source.error !== null || state === 'lost'
  const formulas = PANEL_FORMULAS[title]
  const width = props.keepsSpan === true ? 'panel-keeps' : ''
  return (
    <section
      ref={ref}
      data-panel={title}
      className={`panel ${width} ${className}`}
      style={{ '--span': span, ...(height === undefined ? {} : { '--height': `${height}px` }) } as React.CSSProperties}
      aria-labelledby={id}
      aria-busy={source.isLoading}
    >
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {formulas !== undefined && <FormulaMark label={title} names={formulas} />}
        {unit !== undefined && <span className="unit">{unit}</span>}
        <span className="grow" />
        {controls}
        <AgeChip asOf={source.asOf} every={source.every} late={source.late} />
        {table !== undefined && (
          <button
            type="button"
            className="icon-button"
            aria-pressed={shows}
            aria-label={`${title} as ${shows ? 'chart' : 'table'}`}
            title={shows ? 'Chart (t)' : 'Table (t)'}
            onClick={toggle}
          >
            <Icon name={shows ? 'chart' : 'table'} />
          </button>
        )}
        {exportable !== undefined && <ExportMenu title={title} {...exportable} />}
      </header>
      {source.error !== null && <ErrorLine title={title} source={source} />}
      <div className={`panel-body ${isDim ? 'panel-dim' : ''}`}>
        <Boundary what={title} resetBy={source.data}>
          <Body {...props} showsTable={shows} />
        </Boundary>
      </div>
    </section>
  )
}
