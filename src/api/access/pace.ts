/** How much of something may be asked: so often within a minute, and so many at once. */
import { Refusal } from '../refusal.ts'

const MINUTE_MS = 60_000
const NAMES_MOST = 10_000

export interface Pace {
  /** @throws Refusal where it is one too many within this minute */
  demand(name: string, now: number): void
}

export function paceOf(most: number): Pace {
  const counts = new Map<string, { since: number; count: number }>()
  return {
    demand(name, now) {
      const known = counts.get(name)
      const isNew = known === undefined || now - known.since >= MINUTE_MS || now < known.since
      const counted = isNew ? { since: now, count: 0 } : known
      counted.count += 1
      counts.delete(name)
      counts.set(name, counted)
      if (counts.size > NAMES_MOST) counts.delete(counts.keys().next().value!)
      if (counted.count <= most) return
      const retryAfter = Math.max(1, Math.ceil((counted.since + MINUTE_MS - now) / 1_000))
      throw new Refusal('throttled', `More than ${most} changes within a minute.`, { retryAfter })
    },
  }
}

/** Of something that takes the server long: so many at once, and of one user. */
export interface RoomRules {
  /** Requests that share them have the same one. */
  readonly name: string
  readonly most: number
  readonly ofOneMost: number
  /** Seconds after which one may be free again. */
  readonly againAfter: number
}

export interface Rooms {
  /** @returns what gives the room back; @throws Refusal where there is none */
  enter(rules: RoomRules, user: string): () => void
}

export function roomsOf(): Rooms {
  const taken = new Map<string, number>()
  const change = (name: string, by: number): void => {
    const count = (taken.get(name) ?? 0) + by
    if (count === 0) taken.delete(name)
    else taken.set(name, count)
  }
  return {
    enter({ name, most, ofOneMost, againAfter }, user) {
      const own = `${name} of ${user}`
      const [all, ofOne] = [taken.get(name) ?? 0, taken.get(own) ?? 0]
      if (all >= most || ofOne >= ofOneMost) {
        const count = ofOne >= ofOneMost ? `${ofOne} of yours are` : `${all} are`
        throw new Refusal('throttled', `${count} under way already: ask again.`, { retryAfter: againAfter })
      }
      change(name, 1)
      change(own, 1)
      let isGiven = false
      return () => {
        if (isGiven) return
        isGiven = true
        change(name, -1)
        change(own, -1)
      }
    },
  }
}
