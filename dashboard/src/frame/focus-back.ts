import { useEffect, useState } from 'react'

function canTake(element: Element | null): element is HTMLElement {
  return element instanceof HTMLElement && element.isConnected && !element.matches(':disabled')
}

const FIELDS = 'form input:not(:disabled), form select:not(:disabled), form textarea:not(:disabled)'

function isLost(): boolean {
  return document.activeElement === null || document.activeElement === document.body
}

/**
 * A form that takes the place of what opened it has the focus in its first field. When it is gone, what opened it has the
 * focus again; where that is gone too, the first button of its panel.
 */
export function useFocusBack(): void {
  const [before] = useState(() => document.activeElement)
  const [panel] = useState(() => before?.closest('.panel') ?? null)
  useEffect(() => {
    const first = isLost() ? (panel?.querySelector(FIELDS) ?? null) : null
    if (canTake(first)) first.focus()
    return () => {
      setTimeout(() => {
        if (!isLost()) return
        const after = canTake(before) ? before : (panel?.querySelector('.panel-body button, button') ?? null)
        if (canTake(after)) after.focus()
      })
    }
  }, [before, panel])
}
