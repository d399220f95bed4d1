/** Backtests that were kept, beside a portfolio as it runs. */
import { z } from 'zod'
import { Refusal } from '../refusal.ts'
import { portfolioName } from '../schemas/answers.ts'
import { backtestBeside, backtestChoice } from '../schemas/beside.ts'
import { basisOf, type Context } from './context.ts'
import { type Endpoint, endpoint } from './endpoint.ts'

const NAME_MOST = 200
const params = z.object({ portfolio: portfolioName })

export function besideRoutes(context: Context): readonly Endpoint[] {
  const { backtests, analyses } = context.ports
  return [
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/backtests',
      name: 'backtests',
      seen: 'backtests',
      summary: 'Results of backtests that can be seen beside the portfolio, its own first',
      tag: 'analysis',
      who: 'viewer',
      params,
      answer: z.array(backtestChoice),
      async run({ params: { portfolio } }) {
        await basisOf(context, portfolio)
        // Every page asks: a program that was told of no folder has none, which is no fault.
        return (await backtests?.choices(portfolio)) ?? []
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/v1/p/:portfolio/backtests/:backtest',
      name: 'backtest',
      seen: 'backtests',
      summary: 'A backtest on the days of the portfolio: its line and its figures beside those of the portfolio',
      tag: 'analysis',
      who: 'viewer',
      params: params.extend({ backtest: z.string().min(1).max(NAME_MOST) }),
      answer: backtestBeside,
      async run({ params: { portfolio, backtest } }) {
        const { config } = await basisOf(context, portfolio)
        const report = (await analyses?.report(portfolio))?.data ?? null
        const found = await backtests?.beside(backtest, report?.portfolio ?? null, config?.periods ?? null)
        if (found === undefined || found === null)
          throw new Refusal('not_found', `There is no backtest "${backtest}" here.`)
        return found
      },
    }),
  ]
}
