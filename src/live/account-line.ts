/**
 * What a broker elsewhere says of an account without an order. Streams repeat and miss: so it is asked for as well, and
 * whether an event was told before the store decides, by its id.
 */
import type { AccountEvent, Broker } from '../domain/broker.ts'
import type { Store } from '../domain/store.ts'
import type { Instant } from '../domain/units.ts'

export interface AccountLineOptions {
  readonly broker: Pick<Broker, 'name' | 'accountEventsSince'>
  readonly store: Pick<Store, 'hasAccountEvents'>
  readonly portfolio: string
  /** Up to where events were told. */
  readonly cursor: string
  /** Milliseconds between two questions, before one that failed is asked again, and until no answer is one. */
  readonly every: number
  readonly againAfter: number
  readonly answerWithin: number
  /** Told when there is news. */
  wake(): void
}

/** Events that came together, from the stream or for a question. */
interface Arrived {
  readonly events: readonly AccountEvent[]
  /** Where the question leads to; null: nobody asked. */
  readonly cursor: string | null
}

export class AccountLine {
  readonly #options: AccountLineOptions
  #arrived: Arrived[] = []
  /** Judged: the store has none of them. */
  #fresh: AccountEvent[] = []
  #isJudging = false
  #asked: { readonly since: Instant } | null = null
  #dueAt: Instant | null = null
  /** Up to where it is asked for, and, once all of that was told, told. */
  #cursor: string
  #judged: string
  #told: string
  #count = 0
  /** Told, and not written down yet; */
  readonly #ids = new Set<string>()
  /** written down since the store was asked last. */
  readonly #written = new Set<string>()

  constructor(options: AccountLineOptions) {
    this.#options = options
    this.#cursor = options.cursor
    this.#judged = options.cursor
    this.#told = options.cursor
  }

  /** Up to where every event was told: part of the commit that makes it true. */
  get cursor(): string {
    return this.#told
  }

  /** Events that were told since it was opened. */
  get count(): number {
    return this.#count
  }

  get hasNews(): boolean {
    return this.#fresh.length > 0 || this.#told !== this.#judged
  }

  /** When it wants to be asked again. */
  nextAt(): Instant | null {
    return this.#asked === null ? this.#dueAt : ((this.#asked.since + this.#options.answerWithin) as Instant)
  }

  /** What the stream brought. */
  hear(events: readonly AccountEvent[]): void {
    if (events.length === 0) return
    this.#arrived.push({ events, cursor: null })
    void this.#judge()
  }

  /** Something may have been missed. */
  missed(now: Instant): void {
    this.#dueAt = now
  }

  /** Asks where it is time to. */
  look(now: Instant): void {
    const { every, againAfter, answerWithin } = this.#options
    if (this.#asked !== null && now >= this.#asked.since + answerWithin) {
      this.#asked = null
      this.#dueAt = (now + againAfter) as Instant
    }
    if (this.#arrived.length > 0) void this.#judge()
    this.#dueAt ??= now
    if (this.#asked !== null || now < this.#dueAt) return
    this.#dueAt = (now + every) as Instant
    const asked = { since: now }
    this.#asked = asked
    void this.#ask(asked, now)
  }

  /** Events that nobody was told before, once. */
  take(): readonly AccountEvent[] {
    const fresh = this.#fresh
    this.#fresh = []
    this.#told = this.#judged
    this.#count += fresh.length
    for (const { id } of fresh) this.#ids.add(id)
    return fresh
  }

  /** Ids of what was told since the last commit. */
  get ids(): readonly string[] {
    return [...this.#ids]
  }

  /** What was told is written down. */
  committed(ids: readonly string[]): void {
    for (const id of ids) {
      this.#ids.delete(id)
      this.#written.add(id)
    }
  }

  async #ask(asked: { readonly since: Instant }, now: Instant): Promise<void> {
    const { broker, againAfter, wake } = this.#options
    try {
      const { events, cursor } = await broker.accountEventsSince(this.#cursor)
      // One that was given up is asked again.
      if (this.#asked !== asked) return
      this.#arrived.push({ events, cursor })
      this.#asked = null
      void this.#judge()
    } catch {
      if (this.#asked !== asked) return
      this.#asked = null
      this.#dueAt = (now + againAfter) as Instant
      wake()
    }
  }

  /** In their order, one after the other: what comes twice at once is known the second time. */
  async #judge(): Promise<void> {
    if (this.#isJudging) return
    this.#isJudging = true
    try {
      for (let next = this.#arrived[0]; next !== undefined; next = this.#arrived[0]) {
        await this.#judgeOne(next)
        this.#arrived.shift()
      }
    } catch {
      // What the store did not say it is asked again, with the next look.
    }
    this.#isJudging = false
    this.#options.wake()
  }

  async #judgeOne({ events, cursor }: Arrived): Promise<void> {
    const { store, portfolio, broker } = this.#options
    const ids = events.map(({ id }) => id)
    this.#written.clear()
    const known = new Set(ids.length === 0 ? [] : await store.hasAccountEvents(portfolio, broker.name, ids))
    for (const { id } of this.#fresh) known.add(id)
    for (const told of [this.#ids, this.#written]) for (const id of told) known.add(id)
    for (const event of events) {
      if (!known.has(event.id)) this.#fresh.push(event)
      known.add(event.id)
    }
    if (cursor === null) return
    this.#cursor = cursor
    this.#judged = cursor
  }
}
