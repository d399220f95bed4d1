/** A live engine, from what its store holds. */
import { withExternal } from '../domain/external.ts'
import { LiveEngine } from './engine.ts'
import type { EngineEnd, EngineInput, EngineOptions } from './engine-options.ts'
import { projectionWriter } from './projections/writer.ts'
import { beginning } from './resumption.ts'

/** @throws FaultError where the store holds this portfolio under another configuration or on other data */
export async function openEngine(given: EngineInput, options: EngineOptions): Promise<LiveEngine> {
  const input = { ...given, config: withExternal(given.config) }
  const { store, storeName, portfolio } = options
  const tables = projectionWriter(await store.projections?.projectionMemory(portfolio))
  const engine = new LiveEngine(input, options, await beginning(input.config, { store, storeName, portfolio }), tables)
  await engine.open()
  return engine
}

/** Opens a run and plays it to its end. */
export async function runEngine(input: EngineInput, options: EngineOptions): Promise<EngineEnd> {
  return (await openEngine(input, options)).play()
}
