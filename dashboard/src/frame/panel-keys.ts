/** Told to the panel that the reader is at when `t` is pressed. */
export const TOGGLE_TABLE = 'polyfolio:toggle-table'

/** The panel that has focus, else the one under the pointer. */
export function panelAtHand(): Element | null {
  const focused = document.activeElement?.closest('[data-panel]') ?? null
  if (focused !== null) return focused
  const hovered = document.querySelectorAll('[data-panel]:hover')
  return hovered.item(hovered.length - 1)
}

export function toggleTableAtHand(): void {
  panelAtHand()?.dispatchEvent(new Event(TOGGLE_TABLE))
}
