/* The public names that need files: reading portfolios and data, writing reports. Listed by hand. */

export type { BacktestReport } from './api/contract/report.ts'
export { loadPortfolio } from './cli/config/load.ts'
export type { LoadedPortfolio } from './cli/config/loaded.ts'
export { reportOf } from './cli/report/figures.ts'
export { writeReport } from './cli/report/write.ts'
export { loadMarket, simulatedMarketData } from './cli/run.ts'
