import { userInfo } from 'node:os'
import type { ValidationGate } from '../../domain/control.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Instant } from '../../domain/units.ts'
import { audited } from '../operate/audited.ts'
import { type StoreOptions, withPortfolio } from '../operate/portfolio-of.ts'
import { print, printJson } from '../output.ts'
import { textTable } from '../text-table.ts'

interface ListOptions extends StoreOptions {
  readonly json?: boolean
}

interface RecordOptions extends ListOptions {
  readonly criterion: string
  readonly value: string
  readonly passed?: boolean
  readonly failed?: boolean
  readonly actor?: string
}

/** `polyfolio gates record`: one criterion before live trading, as somebody judged it. */
export async function gatesRecord(name: string, options: RecordOptions): Promise<void> {
  if ((options.passed === true) === (options.failed === true)) {
    throw new FaultError(
      fault('OPTION_INVALID', { option: '--passed', reason: 'or --failed is needed; give one of them' }),
    )
  }
  // What trades live has a journal of its own, which begins once its gates are passed.
  await withPortfolio({ ...options, mayBeNew: true }, async ({ store, portfolio }) => {
    const gate: ValidationGate = {
      name,
      criterion: options.criterion,
      value: options.value,
      passed: options.passed === true,
      by: options.actor ?? userInfo().username,
      at: Date.now() as Instant,
    }
    const before = (await store.control.gates(portfolio)).findLast((one) => one.name === name)
    await store.control.recordGate(portfolio, gate)
    await audited(store.audit, portfolio, {
      action: 'gate',
      subject: name,
      actor: gate.by,
      before: before === undefined ? null : documentOf(before),
      after: documentOf(gate),
    })
    if (options.json === true) printJson({ portfolio, ...documentOf(gate) })
    else print(`${portfolio}: ${name} ${gate.passed ? 'passed' : 'failed'}, recorded for ${gate.by}`)
  })
}

/** `polyfolio gates list`: all that were recorded, oldest first; the last one of a name counts. */
export async function gatesList(options: ListOptions): Promise<void> {
  await withPortfolio(options, async ({ store, portfolio }) => {
    const gates = await store.control.gates(portfolio)
    const last = new Map(gates.map((gate) => [gate.name, gate]))
    if (options.json === true) {
      const listed = gates.map((gate) => ({ ...documentOf(gate), counts: last.get(gate.name) === gate }))
      printJson({ portfolio, gates: listed })
      return
    }
    if (gates.length === 0) {
      print('No gate is on record.')
      return
    }
    const rows = gates.map((gate) => [
      gate.name,
      gate.passed ? 'passed' : 'failed',
      last.get(gate.name) === gate ? 'counts' : '',
      gate.criterion,
      gate.value,
      gate.by,
      new Date(gate.at).toISOString().replace('T', ' ').slice(0, 16),
    ])
    print(textTable(['Gate', 'Outcome', '', 'Criterion', 'Value', 'By', 'When'], rows))
  })
}

function documentOf({ at, ...gate }: ValidationGate) {
  return { ...gate, at: new Date(at).toISOString() }
}
