/** Whether somebody sits before the page: a session lasts as long as it is used, and a page that only asks is no use. */

const LATELY_MS = 60_000
const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const

/** To open the page is to use it. */
let touchedAt = Date.now()

/** Hears of every touch, wherever it goes. */
export function watchTouches(target: EventTarget): void {
  const touched = (): void => {
    touchedAt = Date.now()
  }
  for (const kind of TOUCHES) target.addEventListener(kind, touched, { capture: true, passive: true })
}

/** Whether it was touched within the last minute. */
export function isAttended(now: number = Date.now()): boolean {
  return now - touchedAt < LATELY_MS
}

if (typeof window !== 'undefined') watchTouches(window)
