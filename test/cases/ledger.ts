import { runScenario } from '../../src/engine/scenario/scenario.ts'
import type { ScenarioInput } from '../../src/engine/scenario/scenario-stage.ts'
import type { RunCase } from './run-case.ts'

/** A ledger case is a scenario: its wishes, fills and corporate actions go through the kernel itself. */
export const runLedgerCase: RunCase = (input) => runScenario(input as unknown as ScenarioInput)
