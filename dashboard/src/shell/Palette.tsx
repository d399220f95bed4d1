import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { command } from '../data/commands.ts'
import { useLive } from '../data/readings.ts'
import { useRole } from '../data/session.ts'
import { Icon, type IconName } from '../frame/Icon.tsx'
import { closeOverlay, openOverlay } from '../state/dialogs.ts'
import { prefer, preferences, themeShown } from '../state/preferences.ts'
import { carriedSearch, withParameter } from '../state/url.ts'
import { CONFIG_TABS } from './config-tabs.ts'
import { fitting } from './fuzzy.ts'
import { PAGES } from './pages.ts'
import { updateNow } from './update.ts'

interface Entry {
  readonly title: string
  readonly hint: string
  readonly icon: IconName
  readonly run: () => void
}

const SHOWN = 12
const ORDER = /^#?(\d+)$/

/** Everything that can be reached by name; what is dangerous opens its dialog and runs nothing. */
function useEntries(typed: string): readonly Entry[] {
  const [path, navigate] = useLocation()
  const search = useSearch()
  const carried = carriedSearch(search)
  const { data: sleeves } = useLive('sleeves')
  const { data: positions } = useLive('positions')
  const operates = useRole('operator')
  const administers = useRole('admin')
  const order = ORDER.exec(typed.trim())?.[1]
  const go = (to: string) => () => navigate(`${to}${carried}`)
  const rows = (sleeves?.rows ?? []).filter(({ status }) => status !== 'reserve')
  return [
    ...(order === undefined
      ? []
      : [
          {
            title: `Explain order ${order}`,
            hint: 'order',
            icon: 'info' as const,
            run: () => navigate(`${path}${withParameter(search, 'explain', order)}`),
          },
        ]),
    ...PAGES.map((page) => ({ title: page.title, hint: 'page', icon: page.icon, run: go(page.path) })),
    ...CONFIG_TABS.map(({ tab, title }) => ({
      title: `Configuration: ${title}`,
      hint: 'page',
      icon: 'configure' as const,
      run: go(`/config/${tab}`),
    })),
    ...rows.map((row) => ({
      title: row.title,
      hint: 'sleeve',
      icon: 'strategy' as const,
      run: go(`/strategy/${encodeURIComponent(row.sleeve)}`),
    })),
    ...(positions?.rows ?? []).map((row) => ({
      title: row.symbol,
      hint: row.assetClass,
      icon: 'chart' as const,
      run: () => navigate(`/${withParameter(carried, 'position', row.instrument)}`),
    })),
    ...(operates
      ? [
          { title: 'Update now', hint: 'command', icon: 'sync' as const, run: () => void updateNow() },
          {
            title: 'Stop all trading',
            hint: 'command',
            icon: 'stop' as const,
            run: () => openOverlay({ kind: 'kill' }),
          },
          {
            title: 'Flatten the portfolio',
            hint: 'command',
            icon: 'stop' as const,
            run: () => openOverlay({ kind: 'flatten', sleeve: null, title: 'the portfolio' }),
          },
          ...rows.map((row) => {
            const isPaused = row.status === 'paused'
            const what = `${isPaused ? 'Resume' : 'Pause'} ${row.title}`
            const kind = isPaused ? ('resume' as const) : ('pause' as const)
            return {
              title: what,
              hint: 'command',
              icon: isPaused ? ('play' as const) : ('pause' as const),
              run: () =>
                void command(
                  { kind, sleeve: row.sleeve },
                  { what, undo: { kind: isPaused ? 'pause' : 'resume', sleeve: row.sleeve } },
                ),
            }
          }),
        ]
      : []),
    ...(administers
      ? [
          {
            title: 'Arm live trading',
            hint: 'command',
            icon: 'lock' as const,
            run: () => openOverlay({ kind: 'arm' }),
          },
          {
            title: 'Resume trading after a stop',
            hint: 'command',
            icon: 'play' as const,
            run: () => openOverlay({ kind: 'revive' }),
          },
        ]
      : []),
    {
      title: `Switch to ${themeShown() === 'dark' ? 'light' : 'dark'} theme`,
      hint: 'setting',
      icon: 'sun',
      run: () => prefer({ theme: themeShown() === 'dark' ? 'light' : 'dark' }),
    },
    {
      title: preferences.get().discreet ? 'Show amounts' : 'Hide amounts (discreet)',
      hint: 'setting',
      icon: 'eye',
      run: () => prefer({ discreet: !preferences.get().discreet }),
    },
    { title: 'Keys', hint: 'help', icon: 'keyboard', run: () => openOverlay({ kind: 'keys' }) },
  ]
}

/** Ctrl K: pages, sleeves, instruments, orders and commands by a few letters. */
export function Palette(): ReactNode {
  const [typed, setTyped] = useState('')
  const [place, setPlace] = useState(0)
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const entries = fitting(useEntries(typed), typed, ({ title, hint }) => `${title} ${hint}`).slice(0, SHOWN)
  const at = Math.min(place, Math.max(0, entries.length - 1))

  useEffect(() => {
    const element = dialog.current!
    const before = document.activeElement as HTMLElement | null
    element.showModal()
    return () => {
      element.close()
      before?.focus()
    }
  }, [])

  function run(entry: Entry | undefined): void {
    if (entry === undefined) return
    closeOverlay()
    entry.run()
  }

  function onKey(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && entries.length > 0) setPlace((at + step + entries.length) % entries.length)
    else if (event.key === 'Enter') run(entries[at])
    else return
    event.preventDefault()
  }

  return (
    <dialog
      ref={dialog}
      className="dialog palette"
      aria-label="Search or run a command"
      onCancel={(event) => {
        event.preventDefault()
        closeOverlay()
      }}
    >
      <div className="palette-input">
        <Icon name="search" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={entries.length > 0 ? `${id}-${at}` : undefined}
          aria-label="Page, sleeve, instrument, order number or command"
          placeholder="Page, sleeve, instrument, order number or command"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onKeyDown={onKey}
          onChange={(event) => {
            setTyped(event.target.value)
            setPlace(0)
          }}
        />
        <kbd>Esc</kbd>
      </div>
      <div role="listbox" id={id} aria-label="Found" className="palette-list">
        {entries.map((entry, index) => (
          <button
            key={`${entry.hint} ${entry.title}`}
            id={`${id}-${index}`}
            type="button"
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onPointerMove={() => setPlace(index)}
            onClick={() => run(entry)}
          >
            <Icon name={entry.icon} />
            <span>{entry.title}</span>
            <span className="quiet">{entry.hint}</span>
          </button>
        ))}
      </div>
      {entries.length === 0 && <p className="palette-none">Nothing is called like that.</p>}
    </dialog>
  )
}
