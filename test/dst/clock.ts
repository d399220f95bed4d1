/** The clock of one machine: wrong by its skew, and set by its owner now and then; what it counts is never set back. */
import type { Clock } from '../../src/domain/clock.ts'
import type { Instant } from '../../src/domain/units.ts'
import type { Life } from './life.ts'
import type { Scheduler } from './scheduler.ts'

/** How far a machine's time is from the true one. */
export interface MachineTime {
  skew: number
}

/** Looks at the clock within one moment, beyond which a process turns in circles. */
const LOOKS_MOST = 20_000

export function simClock(scheduler: Scheduler, machine: MachineTime, life: Life): Clock {
  const began = scheduler.now
  let [moment, looks] = [0, 0]

  function look(): void {
    if (moment !== scheduler.taken) [moment, looks] = [scheduler.taken, 0]
    looks += 1
    if (looks > LOOKS_MOST) throw new RangeError('it turns in circles: its clock stands still')
  }

  return {
    now() {
      look()
      return Math.floor(scheduler.now + machine.skew) as Instant
    },
    monotonic() {
      look()
      return scheduler.now - began
    },
    wait: (milliseconds, signal) =>
      life.ask('wait', (done) => {
        if (signal?.aborted === true) {
          done(undefined)
          return
        }
        const forget = scheduler.after(Math.max(0, milliseconds), `${life.name} waited`, () => {
          signal?.removeEventListener('abort', abort)
          stop()
          done(undefined)
        })
        const stop = life.onDeath(() => {
          forget()
          signal?.removeEventListener('abort', abort)
        })
        const abort = (): void => {
          forget()
          stop()
          done(undefined)
        }
        signal?.addEventListener('abort', abort, { once: true })
      }),
  }
}
