import { requireFolder } from '../paths.ts'
import { type RunOptions, runAndReport } from '../run.ts'

/** `polyfolio backtest`: a portfolio over the history of a data folder. */
export async function backtest(config: string, options: RunOptions & { readonly data: string }): Promise<void> {
  requireFolder(options.data)
  await runAndReport(config, { data: options.data }, options)
}
