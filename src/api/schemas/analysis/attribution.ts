/** Schemas of the attribution of a report. Each is held equal to its type where it is compiled. */
import { z } from 'zod'
import type {
  AttributionFigures,
  BrinsonView,
  EffectsView,
  PolicyView,
  SleeveAttribution,
} from '../../contract/attribution.ts'
import { figure } from '../answers.ts'
import { same } from './same.ts'

export const sleeveAttribution = same<SleeveAttribution>()(
  z
    .object({
      name: z.string(),
      realised: z.number(),
      unrealised: z.number(),
      dividends: z.number(),
      currencyGain: figure,
      financing: z.number(),
      fees: z.number(),
      profit: z.number(),
      slippage: z.number(),
      crossingGain: z.number(),
      contribution: figure,
      riskShare: figure,
    })
    .meta({ id: 'SleeveAttribution' }),
)
const policyView = same<PolicyView>()(
  z.object({ name: z.string(), weight: z.number(), benchmark: z.string().nullable() }).meta({ id: 'PolicyView' }),
)
const effectsView = same<EffectsView>()(
  z.object({ allocation: figure, selection: figure, interaction: figure }).meta({ id: 'EffectsView' }),
)
export const brinsonView = same<BrinsonView>()(
  z
    .object({
      ...effectsView.shape,
      policy: z.array(policyView),
      linking: z.string(),
      portfolioReturn: figure,
      policyReturn: figure,
      excess: figure,
      sleeves: z.array(z.object({ ...effectsView.shape, name: z.string() })),
    })
    .meta({ id: 'BrinsonView' }),
)
export const attributionFigures = same<AttributionFigures>()(
  z
    .object({ sleeves: z.array(sleeveAttribution), totalReturn: figure, brinson: brinsonView })
    .meta({ id: 'AttributionFigures' }),
)
