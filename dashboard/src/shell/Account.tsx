import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { SessionView } from '../../../src/api/contract/session.ts'
import { signOut } from '../data/session.ts'
import { Icon } from '../frame/Icon.tsx'
import { Segments } from '../frame/Segments.tsx'
import { openOverlay } from '../state/dialogs.ts'
import { type Preferences, prefer, preferences, type ResultColours } from '../state/preferences.ts'
import { useStore } from '../state/store.ts'
import { type ZoneChoice, zoneLabel } from '../times.ts'
import { allowNotices } from './fills.ts'

function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean)
  const letters = words.length > 1 ? `${words[0]![0]}${words[1]![0]}` : name.slice(0, 2)
  return letters.toUpperCase()
}

const THEMES: readonly (readonly [Preferences['theme'], string])[] = [
  ['system', 'System'],
  ['dark', 'Dark'],
  ['light', 'Light'],
]
const COLOURS: readonly (readonly [ResultColours, string])[] = [
  ['teal-vermilion', 'Teal up'],
  ['blue-orange', 'Blue up'],
  ['red-up', 'Red up'],
]

function Settings(): ReactNode {
  const chosen = useStore(preferences)
  const zones: readonly (readonly [ZoneChoice, string])[] = [
    ['exchange', zoneLabel('exchange')],
    ['utc', 'UTC'],
    ['local', 'Local'],
  ]
  return (
    <div className="settings">
      <span>Theme</span>
      <Segments label="Theme" isSmall options={THEMES} value={chosen.theme} onChange={(theme) => prefer({ theme })} />
      <span>Results</span>
      <Segments
        label="Colours of results"
        isSmall
        options={COLOURS}
        value={chosen.results}
        onChange={(results) => prefer({ results })}
      />
      <span>Times</span>
      <Segments label="Time zone" isSmall options={zones} value={chosen.zone} onChange={(zone) => prefer({ zone })} />
      <label className="check settings-whole">
        <input
          type="checkbox"
          checked={chosen.discreet}
          onChange={(event) => prefer({ discreet: event.target.checked })}
        />
        Discreet: amounts as parts of the portfolio
      </label>
      <label className="check settings-whole">
        <input
          type="checkbox"
          checked={chosen.singleKeys}
          onChange={(event) => prefer({ singleKeys: event.target.checked })}
        />
        Keys without Ctrl act
      </label>
      <label className="check settings-whole">
        <input type="checkbox" checked={chosen.notices} onChange={(event) => void allowNotices(event.target.checked)} />
        Browser notices for fills
      </label>
    </div>
  )
}

/** Who is signed in, and what this browser shows how. */
export function Account({ session }: { readonly session: SessionView }): ReactNode {
  const [isOpen, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const user = session.user ?? ''
  useEffect(() => {
    if (!isOpen) return
    const away = (event: Event): void => {
      if (box.current?.contains(event.target as Node) !== true) setOpen(false)
    }
    const onEscape = ({ key }: KeyboardEvent): void => {
      if (key === 'Escape') setOpen(false)
    }
    document.addEventListener('pointerdown', away)
    document.addEventListener('focusin', away)
    document.addEventListener('keydown', onEscape)
    return () => {
      document.removeEventListener('keydown', onEscape)
      document.removeEventListener('pointerdown', away)
      document.removeEventListener('focusin', away)
    }
  }, [isOpen])
  return (
    <div className="account" ref={box}>
      <button
        type="button"
        className="icon-button"
        aria-label={`${initials(user)}, account of ${user}, ${session.role}, and settings`}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <span className="avatar">{initials(user)}</span>
      </button>
      {isOpen && (
        <div className="account-box" role="dialog" aria-label="Account and settings">
          <p>
            <b>{user}</b> <span className="quiet">{session.role}</span>
          </p>
          <Settings />
          <div className="account-buttons">
            <button
              type="button"
              className="button"
              onClick={() => {
                setOpen(false)
                openOverlay({ kind: 'keys' })
              }}
            >
              <Icon name="keyboard" />
              Keys
            </button>
            <button type="button" className="button" onClick={() => void signOut()}>
              Sign out
            </button>
          </div>
        </div>
      )}
    </div>
  )
}
