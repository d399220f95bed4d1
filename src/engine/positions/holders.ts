import type { KernelState } from '../state.ts'

/** Whether any sleeve holds it: crossed positions may net to nothing at the account. */
export function isHeld({ state }: { readonly state: KernelState }, instrument: number): boolean {
  const { books } = state
  for (let sleeve = 0; sleeve < books.sleeves; sleeve += 1) {
    if (books.quantity[sleeve * books.width + instrument] !== 0) return true
  }
  return false
}
