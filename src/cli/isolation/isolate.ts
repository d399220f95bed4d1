import type { IndicatorRequest } from '../../domain/indicator-request.ts'
import type { Parameters } from '../../domain/parameters.ts'
import type { IntentSink, Strategy, View } from '../../domain/strategy.ts'
import type { Memory } from '../../domain/units.ts'
import { indicatorByKey } from '../../indicators/by-key.ts'
import { type Seat, seatOf } from './host.ts'
import type { Answers, Budget, ColumnFacts, Decision, Description, Seen, Subject } from './protocol.ts'

/** Threads of strategies that nobody can ask any more are stopped. */
const unused = new FinalizationRegistry<Seat>((seat) => seat.close())

/** What a strategy says of itself, from a thread of its own: nothing of it runs in this one. */
export function askedApart(
  subject: Subject,
  budget: Budget,
): { readonly facts: Description; answers(parameters: Parameters): Answers } {
  const seat = seatOf(subject, budget)
  const facts = seat.ask({ kind: 'describe' }) as Description
  return { facts, answers: (parameters) => seat.ask({ kind: 'answers', parameters }) as Answers }
}

/**
 * Starts a strategy in a thread of its own, within a budget. To a kernel it is one like any other: it answers at once, or
 * throws what went wrong.
 *
 * @param knownAs what a run knows it as, from its own name
 * @returns the strategy, and its name as its author wrote it
 * @throws Error with the reason where its file holds no strategy
 */
export function isolatedStrategy(
  subject: Subject,
  budget: Budget,
  knownAs: (name: string) => string,
): { readonly strategy: Strategy; readonly name: string } {
  const seat = seatOf(subject, budget)
  const facts = seat.ask({ kind: 'describe' }) as Description
  const told = new Map<string, Answers>()
  const answers = (given: Parameters): Answers => {
    const key = JSON.stringify(given)
    const found = told.get(key) ?? (seat.ask({ kind: 'answers', parameters: given }) as Answers)
    told.set(key, found)
    return found
  }
  const requests = new Map<Parameters, Readonly<Record<string, IndicatorRequest>>>()
  const indicators = (given: Parameters): Readonly<Record<string, IndicatorRequest>> => {
    const found = requests.get(given) ?? requestsOf(answers(given))
    requests.set(given, found)
    return found
  }
  const strategy: Strategy = {
    ...facts,
    name: knownAs(facts.name),
    check: (given) => answers(given).check,
    indicators,
    lookback: (given) => answers(given).lookback,
    start: (given) => structuredClone(answers(given).start) as Memory,
    decide(view, out) {
      const seen = seenOf(view, indicators(view.parameters))
      const { memory, wishes } = seat.ask({ kind: 'decide', seen }, view) as Decision
      for (const { method, args } of wishes) (out[method as keyof IntentSink] as (...given: unknown[]) => void)(...args)
      return memory
    },
  }
  unused.register(strategy, seat)
  return { strategy, name: facts.name }
}

/** Indicators are computed where the kernel is: those of this library, which their keys name. */
function requestsOf(answers: Answers): Readonly<Record<string, IndicatorRequest>> {
  return Object.fromEntries(
    [...answers.indicators].map(([name, key]) => {
      const request = indicatorByKey(String(key))
      if (request !== null) return [name, request]
      throw new Error(
        `indicator "${name}" is none of polyfolio's; in isolation a strategy takes those, or computes in decide`,
      )
    }),
  )
}

function seenOf(view: View, requests: Readonly<Record<string, IndicatorRequest>>): Seen {
  const { parameters, memory, universe, equity, available, capital } = view
  const { clock, at, tradeDate, instruments, open, high, low, close, volume, factor } = view.slice
  const rows = new Map<string, Float64Array>()
  for (const [name, { outputs }] of Object.entries(requests)) {
    for (const output of outputs) {
      const whole = output === '' ? name : `${name}.${output}`
      rows.set(whole, view.indicator(whole))
    }
  }
  const positions = new Map<number, ColumnFacts>()
  for (const column of universe) {
    positions.set(column, {
      position: view.position(column),
      projected: view.projected(column),
      holding: view.holding(column),
      eligible: view.eligible(column),
    })
  }
  const slice = { clock, at, tradeDate, instruments, open, high, low, close, volume, factor }
  return { parameters, memory, slice, universe, equity, available, capital, rows, positions }
}
