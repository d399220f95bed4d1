import type { Strategy } from '../../domain/strategy.ts'
import { breakoutTrend } from './breakout-trend/breakout-trend.ts'
import { buyAndHold } from './buy-and-hold/buy-and-hold.ts'
import { capitulationReversal } from './capitulation-reversal/capitulation-reversal.ts'
import { cashAndCarry } from './cash-and-carry/cash-and-carry.ts'
import { cashSecuredPut } from './cash-secured-put/cash-secured-put.ts'
import { coveredCall } from './covered-call/covered-call.ts'
import { crossSectionalMomentum } from './cross-sectional-momentum/cross-sectional-momentum.ts'
import { earningsDrift } from './earnings-drift/earnings-drift.ts'
import { failedBreakdown } from './failed-breakdown/failed-breakdown.ts'
import { ironCondor } from './iron-condor/iron-condor.ts'
import { liquiditySweep } from './liquidity-sweep/liquidity-sweep.ts'
import { meanReversion } from './mean-reversion/mean-reversion.ts'
import { momentumBreakout } from './momentum-breakout/momentum-breakout.ts'
import { newsSentiment } from './news-sentiment/news-sentiment.ts'
import { pairs } from './pairs/pairs.ts'
import { smaCrossover } from './sma-crossover/sma-crossover.ts'
import { thetaDecay } from './theta-decay/theta-decay.ts'
import { timeSeriesMomentum } from './time-series-momentum/time-series-momentum.ts'
import { trendFollowing } from './trend-following/trend-following.ts'
import { unusualFlow } from './unusual-flow/unusual-flow.ts'

/** Every built-in strategy, listed by hand: a new one gets its line here and with it the contract suite. */
export const STRATEGIES: readonly Strategy[] = [
  meanReversion,
  momentumBreakout,
  thetaDecay,
  ironCondor,
  coveredCall,
  cashSecuredPut,
  trendFollowing,
  timeSeriesMomentum,
  crossSectionalMomentum,
  pairs,
  breakoutTrend,
  cashAndCarry,
  liquiditySweep,
  capitulationReversal,
  failedBreakdown,
  smaCrossover,
  buyAndHold,
  earningsDrift,
  newsSentiment,
  unusualFlow,
]
