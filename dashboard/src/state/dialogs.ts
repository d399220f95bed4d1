import { type Store, store } from './store.ts'

/** What lies over the page; one at a time. */
export type Overlay =
  | { readonly kind: 'kill' }
  | { readonly kind: 'revive' }
  | { readonly kind: 'arm' }
  | { readonly kind: 'flatten'; readonly sleeve: string | null; readonly title: string }
  | { readonly kind: 'palette' }
  | { readonly kind: 'keys' }
  /** `of`: those of one figure or panel alone. */
  | { readonly kind: 'formulas'; readonly of?: { readonly label: string; readonly names: readonly string[] } }

export const overlay: Store<Overlay | null> = store<Overlay | null>(null)

export function openOverlay(next: Overlay): void {
  overlay.set(next)
}

export function closeOverlay(): void {
  overlay.set(null)
}
