import type { KernelState } from '../state.ts'

/** A position or structure of a sleeve came to its end: what a review counts as a trade. */
export function countClosing({ watch }: KernelState, sleeve: number): void {
  if (watch !== undefined) watch.closed[sleeve] = watch.closed[sleeve]! + 1
}
