/**
 * Turns what happens inside the kernel into rows of the readable tables. Rows depend on the events alone, not on which of
 * them a transaction holds: the same journal gives the same tables.
 */
import type { EngineEvent } from '../../domain/events.ts'
import type { Projected, ProjectionMemory } from '../../domain/projections.ts'
import { isSameData } from '../../engine/canonical.ts'
import { createRecording } from '../../engine/records/recording.ts'
import type { Attached } from '../observers.ts'
import { barRows } from './bar-rows.ts'
import { equityRows } from './equity-rows.ts'
import { logRows } from './log-rows.ts'
import { known as figure, rowBuffer, textOf } from './rows.ts'
import { stateRows } from './state-rows.ts'

export interface ProjectionWriter {
  readonly observer: Attached
  /** Told of every event before the kernel takes it. */
  event(event: EngineEvent): void
  /** Rows since it was last asked. */
  take(): Projected
}

/** @param memory what the tables hold already: of events that are told again nothing is said again */
export function projectionWriter(memory: ProjectionMemory | null = null): ProjectionWriter {
  const recording = createRecording()
  const { runtime } = recording
  const rows = rowBuffer()
  const equity = equityRows(recording, rows)
  const state = stateRows(runtime, rows)
  const log = logRows(recording, rows, equity.flowed)
  const bars = barRows(recording, rows)
  const known = memory?.seq ?? -1
  let isBehind = known >= 0
  let last: EngineEvent | null = null
  let ended: number | null = null

  /** What can be said of an event only after the kernel has taken it. */
  function finish(): void {
    const event = last
    last = null
    if (event === null || event.kind !== 'slices') return
    equity.closed(event.seq)
    state.closed()
    if (ended !== null) addMetrics(ended)
    ended = null
  }

  function addMetrics(tradeDate: number): void {
    const { state: kernel, sleeves } = runtime()
    const { measured, at } = kernel
    if (measured === undefined) return
    const add = (sleeve: string, name: string, value: number): void => {
      if (figure(value) !== null) rows.add('metric', { tradeDate, at, sleeve, name, value })
    }
    add('', 'volatility', measured.volatility)
    add('', 'valueAtRisk', measured.valueAtRisk)
    add('', 'diversification', measured.diversification)
    for (const { config, ordinal } of sleeves) {
      add(config.id, 'volatility', measured.sleeveVolatility[ordinal]!)
      add(config.id, 'closeness', measured.closeness[ordinal]!)
    }
  }

  /** What an event says by itself; bars are said as the kernel was given them. */
  function say(event: EngineEvent): void {
    const { seq, at } = event
    switch (event.kind) {
      case 'configured': {
        // Other code of its strategies changes nothing that a configuration says.
        if (isSameData(runtime().state.config, event.config)) return
        const { currency, capital, periods } = event.config
        rows.add('configuration', { seq, at, currency, capital, periods, document: textOf(event.config) })
        return
      }
      case 'listed': {
        const { id, index, symbol, name, kind, assetClass, sector, currency, multiplier, unitsPerWhole } =
          event.instrument
        const own = { symbol, name, kind, assetClass, sector, currency, multiplier, unitsPerWhole }
        rows.add('instrument', { instrument: id, column: index, ...own })
        return
      }
      case 'operator':
        rows.add('operation', { seq, at, id: event.id, actor: event.actor, command: textOf(event.command) })
        return
      case 'gate': {
        const { gate, instrument, isOpen, reason } = event
        rows.add('gateChange', { seq, at, gate, instrument, isOpen, reason })
        return
      }
      case 'alert': {
        const { rule, clientId, text } = event
        rows.add('alert', { seq, at, severity: 'high', rule, subject: clientId ?? event.instrument ?? '', text })
        return
      }
      case 'mode': {
        const isOpen = event.mode === 'active'
        rows.add('gateChange', { seq, at, gate: 'mode', instrument: null, isOpen, reason: event.reason })
        return
      }
      case 'slices':
        bars.slices(event.slices)
        return
      default:
    }
  }

  function gather(): Projected {
    finish()
    equity.add()
    state.add()
    return rows.take()
  }

  return {
    observer: {
      ...log.observer,
      attach: recording.attach,
      posting(posting) {
        log.observer.posting(posting)
        if (posting.instrument < 0) return
        state.touched(posting.sleeve, posting.instrument)
        bars.touched(posting.instrument)
      },
      ordered(row) {
        log.observer.ordered(row)
        if (row.instrument >= 0) bars.touched(row.instrument)
      },
      signalled(signal) {
        log.observer.signalled?.(signal)
        bars.touched(signal.instrument)
      },
      day: (tradeDate) => {
        ended = tradeDate
      },
    },
    event(event) {
      if (isBehind && event.seq > known) {
        gather()
        equity.resume(memory!)
        log.resume(memory!.trips)
        bars.resume(memory!.bars, memory!.charted)
        isBehind = false
      }
      finish()
      log.begin(event.seq)
      say(event)
      last = event
    },
    take() {
      const gathered = gather()
      return isBehind ? {} : gathered
    },
  }
}
