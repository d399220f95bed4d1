/** A live engine, from what its store holds. */
import type { PortfolioConfig } from '../domain/config.ts'
import { withExternal } from '../domain/external.ts'
import { FaultError } from '../domain/faults.ts'
import { refusalFault } from '../engine/reconfigure/refusals.ts'
import { arrangedMarket } from '../engine/run/arranged.ts'
import type { ChangeOutcome } from './change-over.ts'
import { LiveEngine } from './engine.ts'
import type { EngineEnd, EngineInput, EngineOptions } from './engine-options.ts'
import { projectionWriter } from './projections/writer.ts'
import { beginning } from './resumption.ts'

/** Who changes a configuration by starting an engine with it. */
const STARTED = 'configuration'

/**
 * Where the journal was written under another configuration, it is played to its end under that one, and then goes on under
 * the one that is given.
 *
 * @throws FaultError CONFIGURATION_FIXED where it cannot go on with that, JOURNAL_DIFFERS where it was written on other data
 */
export async function openEngine(given: EngineInput, options: EngineOptions): Promise<LiveEngine> {
  const asked = withExternal(given.config)
  const { store, storeName, portfolio } = options
  const begun = await beginning(asked, { store, storeName, portfolio })
  const { columns, isOther, config } = begun
  const market = columns === null ? given.market : arrangedMarket(given.market, columns, !isOther)
  const tables = projectionWriter(await store.projections?.projectionMemory(portfolio))
  const engine = new LiveEngine({ ...given, config, market }, options, begun, tables)
  await engine.open()
  if (!isOther) return engine
  const gone: { from?: PortfolioConfig; to?: PortfolioConfig } = {}
  const told = (outcome: ChangeOutcome): null => {
    if (outcome.kind === 'refused') throw new FaultError(refusalFault(portfolio, outcome.refusals))
    if (outcome.kind === 'taken') Object.assign(gone, { from: outcome.before, to: outcome.after })
    return null
  }
  const { market: whole, strategies, codes = {} } = given
  const by = { actor: STARTED, id: STARTED, seen: 0 }
  engine.tell({ change: { config: asked, market: whole, strategies, codes, ...by, told } })
  const { ended } = await engine.play()
  if (ended !== 'configured') return engine
  options.onConfigured?.(gone.from!, gone.to!)
  return openEngine(given, options)
}

/** Opens a run and plays it to its end. */
export async function runEngine(input: EngineInput, options: EngineOptions): Promise<EngineEnd> {
  return (await openEngine(input, options)).play()
}
