/** What operators, watches and calendars want the kernel to know, until it was given and written down. */
import type { ControlAnswer } from '../domain/control.ts'
import type { Command } from '../domain/events.ts'
import type { Instant } from '../domain/units.ts'
import type { Kernel } from '../engine/kernel.ts'
import type { EventBody } from '../engine/run/broker-side.ts'
import type { Run } from '../engine/run/drive.ts'
import { ChangeOver } from './change-over.ts'
import type { CycleEnd, EngineOptions, Look, OrderDecision, Told, Turn } from './engine-options.ts'

type Event = Exclude<Told, { readonly change: unknown }>

const NOT_AHEAD = 'its prices come from elsewhere as time goes on: no cycle can be had before them'

interface Takes {
  /** To the kernel, as an event from outside. */
  give(body: EventBody): void
  /** What follows from an operator's word on an order; the reason where there is nothing to decide. */
  decide(decision: OrderDecision): readonly EventBody[] | string
  /** Whether the market can be played before it is due. */
  readonly canHurry: boolean
}

export class Tellings {
  /** Other configurations that are asked for: they wait until nothing is under way. */
  readonly changes = new ChangeOver()
  #told: Event[] = []
  #answers: ControlAnswer[] = []
  /** What was made true by events and answers that are not written down yet. */
  readonly #turns: Turn[] = []
  #declined: string | null = null
  /** Ask for a cycle at once, and wait for its end. */
  #hurried: Turn[] = []
  #isLooking = false
  #looked: Look | null = null

  /** How many wait. */
  get length(): number {
    return this.#told.length + (this.#looked === null ? 0 : 1)
  }

  /** Somebody waits for a cycle at once. */
  get isHurried(): boolean {
    return this.#hurried.length > 0
  }

  /** Everything that is not answered, to be told again. */
  get waiting(): readonly Told[] {
    const changes = this.changes.waiting.map((change) => ({ change }))
    return [...this.#hurried.map((turn) => ({ turn: () => turn })), ...this.#told, ...changes]
  }

  /** How many answers wait to be written down. */
  get answers(): number {
    return this.#answers.length
  }

  add(...told: readonly Told[]): void {
    for (const one of told) {
      if ('change' in one) this.changes.add(one.change)
      else this.#told.push(one)
    }
  }

  /** Where somebody waits for a cycle, it is looked for bars that would make one. */
  look(lookNow: EngineOptions['lookNow'], wake: () => void): void {
    if (lookNow === undefined || !this.isHurried || this.#isLooking) return
    this.#isLooking = true
    void lookNow().then((look) => {
      this.#isLooking = false
      this.#looked = look
      wake()
    })
  }

  /** There is no later bar, and none will come. */
  marketEnded(): void {
    this.cycled({ kind: 'refused', reason: 'the bars end here: there is no other cycle' })
  }

  /** Whoever asked for a cycle is answered by it. */
  cycled(ended: CycleEnd): void {
    for (const turn of this.#hurried.splice(0)) {
      this.#answers.push(turn.cycle!(ended))
      this.#turns.push(turn)
    }
  }

  /** What the kernel says against what it was given last. */
  commanded(commands: readonly Command[]): void {
    for (const command of commands) if (command.kind === 'declined') this.#declined = command.reason
  }

  /** Everything that was told so far, in turn. */
  give(kernel: Kernel, now: Instant, to: Takes): void {
    const [told, looked] = [this.#told, this.#looked]
    this.#looked = null
    // Where there are more bars, the cycle that they make is the answer.
    if (looked?.isMore === false) this.cycled(endOf(looked, kernel))
    this.#told = []
    for (const one of told) {
      this.#declined = null
      if ('turn' in one) this.#take(one.turn(kernel, now), to)
      else {
        to.give(one.body)
        if (one.answer !== undefined) this.#answers.push(one.answer(this.#declined))
      }
    }
    if (!to.canHurry) this.cycled({ kind: 'refused', reason: NOT_AHEAD })
  }

  #take(turn: Turn, { give, decide }: Takes): void {
    for (const body of turn.events) give(body)
    if (turn.cycle !== undefined) {
      this.#hurried.push(turn)
      return
    }
    const decided = turn.decision === undefined ? [] : decide(turn.decision)
    if (typeof decided === 'string') this.#declined = decided
    else for (const body of decided) give(body)
    const answer = turn.answer(this.#declined ?? '')
    if (answer !== null) this.#answers.push(answer)
    this.#turns.push(turn)
  }

  /** Goes over to the configuration that was asked for first, or says why not. */
  change(run: Run, give: (body: EventBody) => void): void {
    const answer = this.changes.take(run, give)
    if (answer !== null) this.#answers.push(answer)
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

function endOf({ trouble }: Look, { runtime }: Kernel): CycleEnd {
  return trouble === '' ? { kind: 'nothing', seq: runtime.state.seq } : { kind: 'refused', reason: trouble }
}
