import type { Observer } from '../../engine/records/observer.ts'

const nothing = (): void => {}

/** Hears nothing: what somebody wants to hear is put in its place. */
export const SILENT: Observer = {
  posting: nothing,
  executed: nothing,
  reduced: nothing,
  ordered: nothing,
  orderFilled: nothing,
  orderEnded: nothing,
  refused: nothing,
  structureOpened: nothing,
  structureClosed: nothing,
  day: nothing,
  allocated: nothing,
}
