/** What operators, watches and calendars want the kernel to know, until it was given and written down. */
import type { ControlAnswer } from '../domain/control.ts'
import type { Instant } from '../domain/units.ts'
import type { Kernel } from '../engine/kernel.ts'
import type { EventBody } from '../engine/run/broker-side.ts'
import type { OrderDecision, Told, Turn } from './engine-options.ts'

interface Takes {
  /** To the kernel, as an event from outside. */
  give(body: EventBody): void
  /** What follows from an operator's word on an order; the reason where there is nothing to decide. */
  decide(decision: OrderDecision): readonly EventBody[] | string
}

export class Tellings {
  #told: Told[] = []
  #answers: ControlAnswer[] = []
  /** What was made true by events and answers that are not written down yet. */
  readonly #turns: Turn[] = []
  #declined: string | null = null

  /** How many wait. */
  get length(): number {
    return this.#told.length
  }

  /** How many answers wait to be written down. */
  get answers(): number {
    return this.#answers.length
  }

  add(...told: readonly Told[]): void {
    this.#told.push(...told)
  }

  /** What the kernel said against what it was given last. */
  declined(reason: string): void {
    this.#declined = reason
  }

  /** Everything that was told so far, in turn. */
  give(kernel: Kernel, now: Instant, to: Takes): void {
    const told = this.#told
    this.#told = []
    for (const one of told) {
      this.#declined = null
      if ('turn' in one) this.#take(one.turn(kernel, now), to)
      else {
        to.give(one.body)
        if (one.answer !== undefined) this.#answers.push(one.answer(this.#declined))
      }
    }
  }

  #take(turn: Turn, { give, decide }: Takes): void {
    for (const body of turn.events) give(body)
    const decided = turn.decision === undefined ? [] : decide(turn.decision)
    if (typeof decided === 'string') this.#declined = decided
    else for (const body of decided) give(body)
    const answer = turn.answer(this.#declined ?? '')
    if (answer !== null) this.#answers.push(answer)
    this.#turns.push(turn)
  }

  /** Answers for the transaction that makes them true, once. */
  takeAnswers(): readonly ControlAnswer[] {
    const answers = this.#answers
    this.#answers = []
    return answers
  }

  /** What was given is written down. */
  committed(): void {
    for (const turn of this.#turns.splice(0)) turn.committed()
  }
}
