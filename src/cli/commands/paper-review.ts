import { runBacktest } from '../../engine/run/run.ts'
import { recordedResult } from '../../live/recorded/result.ts'
import { loadPortfolio } from '../config/load.ts'
import { recordOf, strategiesWith } from '../live/recorded.ts'
import { type StoreOptions, withPortfolio } from '../operate/portfolio-of.ts'
import { print, printJson } from '../output.ts'
import { reviewOf } from '../review/review.ts'
import { reviewText } from '../review/text.ts'

interface ReviewOptions extends StoreOptions {
  readonly json?: boolean
}

/** `polyfolio paper review`: what a period on paper shows, beside what was expected and what a backtest makes of it. */
export async function paperReview(file: string | undefined, options: ReviewOptions): Promise<void> {
  const loaded = file === undefined ? null : await loadPortfolio(file)
  const strategies = strategiesWith(loaded)
  const asked = loaded === null ? options : { portfolio: loaded.config.name, ...options }
  await withPortfolio(asked, async ({ store, portfolio }) => {
    const { config, market, outside } = await recordOf(store, options.store, portfolio, strategies)
    const happened = await recordedResult(store, portfolio, strategies)
    const backtest = runBacktest({ config, market, strategies: [...strategies.values()], checks: true })
    const notes =
      outside === 0 ? [] : [`${outside} events from an operator, a broker or a watch are in the period alone`]
    const review = reviewOf(happened, backtest, notes)
    if (options.json === true) printJson(review)
    else print(reviewText(review))
  })
}
