import type { ReactNode } from 'react'
import { Dialog } from '../frame/Dialog.tsx'
import { closeOverlay } from '../state/dialogs.ts'

const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['Ctrl K', 'Search or run a command'],
  ['g, then o r p s c', 'Overview, Risk, Performance, Strategy, Configuration'],
  ['1 to 8', 'Period'],
  ['[ and ]', 'Previous and next sleeve'],
  ['/', 'Filter'],
  ['j and k, Enter', 'Rows, open'],
  ['t', 'Chart or table of the panel at hand'],
  ['x', 'Explain the row at hand'],
  ['← and →', 'Points of a chart, with Shift ten at once'],
  ['Shift U', 'Update now'],
  ['d', 'Discreet: hide amounts'],
  ['Ctrl Shift K', 'Stop all trading'],
  ['?', 'This list'],
]

export function KeyList(): ReactNode {
  return (
    <Dialog title="Keys" onClose={closeOverlay}>
      <dl className="key-list">
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p className="quiet">Keys without Ctrl can be switched off in the account box; they are dead while you type.</p>
      <div className="dialog-buttons">
        <button type="button" className="button" data-first onClick={closeOverlay}>
          Close
        </button>
      </div>
    </Dialog>
  )
}
