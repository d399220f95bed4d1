/** The line to a broker: what the desk wants done goes out, and answers and events come in, each in its order. */
import { unreachable } from '../domain/assert.ts'
import type { Broker, BrokerEvent } from '../domain/broker.ts'
import type { Clock } from '../domain/clock.ts'
import type { Store } from '../domain/store.ts'
import type { Instant } from '../domain/units.ts'
import type { DeskAction, DeskAnswer, Recalled } from './desk/order-desk.ts'

interface Answered {
  readonly action: DeskAction
  readonly answer: DeskAnswer
}

/** A venue that went away is asked again after so many milliseconds, doubling, */
const RECONNECT_MS = 500
/** up to so many. */
const RECONNECT_MS_MOST = 60_000

export class BrokerLine {
  readonly #broker: Broker
  readonly #store: Store
  readonly #portfolio: string
  readonly #wake: () => void
  readonly #ending = new AbortController()
  #heard: BrokerEvent[] = []
  #answers: Answered[] = []
  /** Asked and not answered, in their order, with the moment at which that counts as no answer. */
  readonly #asked = new Map<DeskAction, Instant | null>()

  /** @param wake is told whenever there is news */
  constructor(broker: Broker, store: Store, portfolio: string, wake: () => void) {
    this.#broker = broker
    this.#store = store
    this.#portfolio = portfolio
    this.#wake = wake
  }

  /** Whether an answer is still to come. */
  get isAsking(): boolean {
    return this.#asked.size > 0
  }

  get hasNews(): boolean {
    return this.#heard.length + this.#answers.length > 0
  }

  takeHeard(): readonly BrokerEvent[] {
    const heard = this.#heard
    this.#heard = []
    return heard
  }

  takeAnswers(): readonly Answered[] {
    const answers = this.#answers
    this.#answers = []
    return answers
  }

  /** When the first of those that are not answered counts as given up; null: none ever does. */
  nextAt(): Instant | null {
    let next: Instant | null = null
    for (const by of this.#asked.values()) if (by !== null && (next === null || by < next)) next = by
    return next
  }

  /**
   * Every action is answered, if by an error.
   *
   * @param by when no answer counts as one; null: the outside always answers, as the store does
   */
  send(action: DeskAction, by: Instant | null): void {
    this.#asked.set(action, action.kind === 'recall' ? null : by)
    void this.#ask(action)
      .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
      .then((answer) => {
        const isAwaited = this.#asked.delete(action)
        // Of what was given up only a late word on an order is still news: of questions a newer one is on its way.
        if (!isAwaited && action.kind !== 'submit') return
        this.#answers.push({ action, answer })
        this.#wake()
      })
  }

  /** What has waited for too long is answered by an error. How long a request to trade may, the desk knows. */
  giveUp(now: Instant): void {
    for (const [action, by] of this.#asked) {
      if (by === null || by > now) continue
      this.#asked.delete(action)
      if (action.kind !== 'submit') this.#answers.push({ action, answer: new Error('no answer in time') })
    }
  }

  /** Listens to what the venue says by itself, until `close`. */
  listen(clock: Clock): void {
    void this.#hear(clock)
  }

  close(): void {
    this.#ending.abort()
  }

  async #ask(action: DeskAction): Promise<DeskAnswer> {
    switch (action.kind) {
      case 'submit':
        return this.#broker.submit(action.request)
      case 'cancel':
        return this.#broker.cancel(action.clientId)
      case 'query':
        return this.#broker.query(action.clientId)
      case 'sweep':
        return this.#broker.executionsSince(action.cursor)
      case 'recall':
        return this.#recall(action)
      default:
        return unreachable(action)
    }
  }

  async #recall({ clientId, execution, corrects }: Extract<DeskAction, { kind: 'recall' }>): Promise<Recalled> {
    const [store, portfolio, { name }] = [this.#store, this.#portfolio, this.#broker]
    const kept = async (id: string | null) =>
      id === null ? null : ((await store.executionOf(portfolio, name, id)) ?? null)
    const record = clientId === null ? null : ((await store.orderOf(portfolio, clientId)) ?? null)
    const executions = clientId === null ? [] : await store.executionsOf(portfolio, clientId)
    return { record, execution: await kept(execution), corrected: await kept(corrects), executions }
  }

  async #hear(clock: Clock): Promise<void> {
    const { signal } = this.#ending
    let pause = RECONNECT_MS
    while (!signal.aborted) {
      let evidence = 'the stream ended'
      try {
        for await (const event of this.#broker.events(signal)) {
          pause = RECONNECT_MS
          this.#heard.push(event)
          this.#wake()
        }
      } catch (error) {
        evidence = error instanceof Error ? error.message : String(error)
      }
      if (signal.aborted) return
      this.#heard.push({ kind: 'gap', evidence })
      this.#wake()
      await clock.wait(pause, signal)
      pause = Math.min(pause * 2, RECONNECT_MS_MOST)
    }
  }
}
