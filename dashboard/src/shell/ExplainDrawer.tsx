import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { ExplainStep, ExplainView } from '../../../src/api/contract/explain.ts'
import type { NewNote } from '../../../src/api/contract/notes.ts'
import { ask, ofPortfolio } from '../data/api.ts'
import { newId } from '../data/commands.ts'
import { useExplained, usePortfolio } from '../data/readings.ts'
import type { Source } from '../data/source.ts'
import { Icon } from '../frame/Icon.tsx'
import { notify } from '../state/notices.ts'
import { preferences } from '../state/preferences.ts'
import { useStore } from '../state/store.ts'
import { useParameter } from '../state/url.ts'
import { stamp } from '../times.ts'

/** Opens the drawer from anywhere: the order's number is part of the address. */
export function useExplain(): (order: number | null) => void {
  const [, setOrder] = useParameter('explain', '')
  return (order) => setOrder(order === null ? null : String(order), { isStep: true })
}

const OUTCOMES = { allowed: 'Allowed', trimmed: 'Trimmed', refused: 'Refused' } as const

/** A chain, numbered from the bar on. */
export function Steps({ steps }: { readonly steps: ExplainView['steps'] }): ReactNode {
  return (
    <ol className="steps">
      {steps.map((step, place) => (
        <Step key={`${step.kind} ${step.sleeve} ${step.title} ${step.text}`} step={step} place={place + 1} />
      ))}
    </ol>
  )
}

/** Why there is no explanation, and how to ask for it again; nothing while the first answer is awaited. */
export function Unexplained({ error, isRetrying, retry }: Source<ExplainView>): ReactNode {
  if (error === null) return null
  return (
    <>
      {`Could not be explained: ${error}. `}
      {!isRetrying && (
        <button type="button" className="link" onClick={retry}>
          Retry
        </button>
      )}
    </>
  )
}

function Step({ step, place }: { readonly step: ExplainStep; readonly place: number }): ReactNode {
  return (
    <li className={`step ${step.outcome === null ? '' : `step-${step.outcome}`}`}>
      <span className="step-number" aria-hidden="true">
        {place}
      </span>
      <div>
        <h3>
          {step.title}
          {step.sleeve !== null && <small className="quiet"> {step.sleeve}</small>}
          {step.outcome !== null && <span className="step-outcome">{OUTCOMES[step.outcome]}</span>}
        </h3>
        <p>{step.text}</p>
        {step.numbers.length > 0 && (
          <dl>
            {step.numbers.map(({ name, text }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </li>
  )
}

async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    notify({ text: `${what} copied.` })
  } catch {
    notify({ tone: 'warn', text: `${what} could not be copied: the browser does not allow it.` })
  }
}

function NoteForm({ order, onDone }: { readonly order: string; readonly onDone: () => void }): ReactNode {
  const portfolio = usePortfolio()
  const [text, setText] = useState('')
  async function save(): Promise<void> {
    const note: NewNote = { id: newId(), about: 'order', subject: order, text, tags: [] }
    try {
      await ask('POST', ofPortfolio(portfolio, 'notes'), note)
      notify({ tone: 'good', text: 'Note kept.' })
      onDone()
    } catch (error) {
      notify({ tone: 'bad', text: `Note: ${error instanceof Error ? error.message : String(error)}` })
    }
  }
  return (
    <form
      className="drawer-note"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <label className="field">
        <span>Note about order {order}</span>
        <textarea
          className="input"
          rows={3}
          required
          maxLength={4000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <button type="submit" className="button">
        Keep note
      </button>
    </form>
  )
}

function Drawer({ order, onClose }: { readonly order: string; readonly onClose: () => void }): ReactNode {
  const source = useExplained(`explain/${encodeURIComponent(order)}`)
  const zone = useStore(preferences, (value) => value.zone)
  const [writes, setWrites] = useState(false)
  const close = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null
    close.current?.focus()
    return () => before?.focus()
  }, [])
  const view = source.data
  return (
    <aside
      className="drawer"
      aria-label={`Why order ${order} is as it is`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onClose()
      }}
    >
      <header className="drawer-head">
        <h2>{view === null ? `Order ${order}` : `${view.symbol}, order ${order}`}</h2>
        <span className="grow" />
        <button
          type="button"
          className="icon-button"
          title="Copy link"
          aria-label="Copy link"
          onClick={() => void copy(window.location.href, 'Link')}
        >
          <Icon name="copy" />
        </button>
        <button
          type="button"
          className="button button-small"
          disabled={view === null}
          onClick={() => view !== null && void copy(JSON.stringify(view.document, null, 2), 'JSON')}
        >
          JSON
        </button>
        <button
          type="button"
          className="icon-button"
          title="Write a note"
          aria-label="Write a note"
          aria-pressed={writes}
          onClick={() => setWrites(!writes)}
        >
          <Icon name="note" />
        </button>
        <button
          ref={close}
          type="button"
          className="icon-button"
          title="Close (Escape)"
          aria-label="Close"
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      {writes && <NoteForm order={order} onDone={() => setWrites(false)} />}
      {view === null ? (
        <p className="drawer-wait" role="status">
          <Unexplained {...source} />
        </p>
      ) : (
        <div className="drawer-body">
          <p className="drawer-summary">{view.summary}</p>
          <p className="quiet">{stamp(view.at, zone)}</p>
          <Steps steps={view.steps} />
        </div>
      )}
    </aside>
  )
}

/** From the bar to the sleeves' shares, over any page while `?explain=` names an order. */
export function ExplainDrawer(): ReactNode {
  const [order, setOrder] = useParameter('explain', '')
  return order === '' ? null : <Drawer key={order} order={order} onClose={() => setOrder(null)} />
}
