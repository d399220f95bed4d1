import type { CommissionSchedule } from '../domain/commissions.ts'

/** Costs nothing; the base that every schedule states its differences from. */
const FREE: CommissionSchedule = {
  name: 'none',
  perShare: 0,
  perContract: 0,
  bps: 0,
  minimumPerOrder: 0,
  maximumFraction: null,
  tiers: [],
  saleFraction: 0,
  salePerShare: 0,
  salePerShareMax: 0,
  step: 0.01,
}

/**
 * Regulatory fees on sales of US shares, at the rates of 2024: SEC section 31, 27.80 USD per million of sales (advisory
 * of 2024-04-08, from 2024-05-22), and the FINRA trading activity fee, 0.000166 USD per share sold, at most 8.30 per
 * trade (FINRA By-Laws, Schedule A, section 1). The rates change every year or so; a schedule of one's own may state others.
 */
const SALES_2024 = { saleFraction: 0.0000278, salePerShare: 0.000166, salePerShareMax: 8.3 }
/** The same fees on option sales: the activity fee is 0.00279 USD per contract sold, without a cap. */
const OPTION_SALES_2024 = { saleFraction: 0.0000278, salePerShare: 0.00279, salePerShareMax: 1_000_000 }

/**
 * Commission schedules by name. Published rates of the brokers' own fee pages:
 * Alpaca "Brokerage fee schedule" and "Crypto trading fees"; Interactive Brokers "Commissions: stocks, ETFs, warrants"
 * "Commissions: options" and "Commissions: futures"; Binance "Trading fee rate", regular user.
 */
export const SCHEDULES = {
  none: FREE,
  /** US shares: no commission, regulatory fees on sales are passed through. */
  alpaca: { ...FREE, name: 'alpaca', ...SALES_2024 },
  /** No commission; options regulatory fee 0.02685 and OCC clearing fee 0.02 per contract are passed through. */
  alpaca_options: { ...FREE, name: 'alpaca_options', perContract: 0.04685, ...OPTION_SALES_2024 },
  /** Taker in the lowest volume tier (below 100,000 USD in 30 days): 25 basis points. */
  alpaca_crypto: { ...FREE, name: 'alpaca_crypto', bps: 25 },
  /** US shares and ETFs: no commission, regulatory fees on sales. */
  ibkr_lite: { ...FREE, name: 'ibkr_lite', ...SALES_2024 },
  /** US shares and ETFs: marginal tiers by shares a month, at least 0.35 an order, at most 1 % of its value. */
  ibkr_pro_tiered: {
    ...FREE,
    name: 'ibkr_pro_tiered',
    perShare: 0.0035,
    minimumPerOrder: 0.35,
    maximumFraction: 0.01,
    tiers: [
      { above: 300_000, perShare: 0.002 },
      { above: 3_000_000, perShare: 0.0015 },
      { above: 20_000_000, perShare: 0.001 },
      { above: 100_000_000, perShare: 0.0005 },
    ],
    ...SALES_2024,
  },
  /** US options up to 10,000 contracts a month, premium of 0.10 and more: 0.65 a contract, at least 1.00 an order. */
  ibkr_options: { ...FREE, name: 'ibkr_options', perContract: 0.65, minimumPerOrder: 1, ...OPTION_SALES_2024 },
  /** US futures, fixed rate: 0.85 a contract to the broker; what exchanges charge comes on top and is not in it. */
  ibkr_futures: { ...FREE, name: 'ibkr_futures', perContract: 0.85 },
  /** Micro futures at the same broker: 0.25 a contract. */
  ibkr_micro_futures: { ...FREE, name: 'ibkr_micro_futures', perContract: 0.25 },
  /** USD-margined perpetuals, regular user, taker: 5 basis points, charged to the smallest book unit. */
  binance_perpetual: { ...FREE, name: 'binance_perpetual', bps: 5, step: 0.000001 },
  /** Regular user, maker and taker alike: 10 basis points, charged to the smallest book unit. */
  binance_spot: { ...FREE, name: 'binance_spot', bps: 10, step: 0.000001 },
} as const satisfies Record<string, CommissionSchedule>

export type ScheduleName = keyof typeof SCHEDULES
