import type { Clock } from '../../domain/clock.ts'
import type { Instant } from '../../domain/units.ts'
import type { Told, Watch } from '../../live/engine-options.ts'
import type { Moment } from '../../live/gates/moment.ts'
import type { Helm } from '../../live/helm/helm.ts'

/** Milliseconds between two questions for the broker's time, and between two looks at prices that grow old. */
const ASK_MS = 60_000
const LOOK_MS = 1_000

/**
 * Compares our clock with the broker's as time goes on, and has prices looked at every second.
 *
 * @param timeOf asks the broker; a venue in this process has our own clock, of which only jumps are noticed
 * @param lookEvery milliseconds between two looks at prices; a second where left out
 */
export function clockWatch(
  helm: Pick<Helm, 'read'>,
  clock: Clock,
  timeOf: () => Promise<Instant>,
  lookEvery = LOOK_MS,
): Watch {
  const moment = (): Moment => ({ wall: clock.now(), monotonic: clock.monotonic() })
  let asked = Number.NEGATIVE_INFINITY
  let readings: Parameters<Helm['read']>[0][] = []
  const ask = async (): Promise<void> => {
    const sent = moment()
    asked = sent.monotonic
    try {
      const theirs = await timeOf()
      readings.push({ kind: 'reading', sent, received: moment(), theirs })
    } catch {
      // No answer is no reading: the gate shuts when the last one is too old.
    }
  }
  return {
    look() {
      if (clock.monotonic() - asked >= ASK_MS) void ask()
      const told: Told[] = readings.flatMap((reading) => helm.read(reading, moment()).map((body) => ({ body })))
      readings = []
      return told
    },
    nextAt: () => (clock.now() + lookEvery) as Instant,
  }
}
