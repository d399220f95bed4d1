import { Command, Option } from 'commander'
import { ALLOCATION_METHODS, COVARIANCE_ESTIMATORS } from '../domain/allocation.ts'
import { REBALANCING_METHODS } from '../domain/capital.ts'
import { SIMULATION_METHODS } from '../research/monte-carlo/simulate.ts'
import { addAlerts } from './alerting.ts'
import {
  aboveZero,
  bounds,
  busAddress,
  count,
  dataOption,
  date,
  degrees,
  folder,
  fromOption,
  jsonOption,
  notNegative,
  number,
  outOption,
  schedule,
  seconds,
  seed,
  share,
  shares,
  toOption,
} from './arguments.ts'
import { addConfigurations } from './configurations/commands.ts'
import { addApproving, addAsking, addOperating, cyclesOption, speedFromOption, speedOption } from './operating.ts'
import { packageVersion } from './package-root.ts'
import { addService } from './servicing.ts'
import { addServing } from './serving.ts'
import { addStore } from './store-commands.ts'

/*
 * The command line. Each command's own module is loaded when it runs, so that asking for help costs nothing.
 */

export function buildProgram(): Command {
  const program = new Command('polyfolio')
    .description('Runs many trading strategies as one portfolio.')
    .version(packageVersion())
    .showSuggestionAfterError(true)
    .showHelpAfterError('(run with --help to see what is possible)')
    .configureHelp({ showGlobalOptions: false })
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 the run failed, 2 the input is wrong, 3 a sleeve was paused by a fault.',
    )
    .exitOverride()
    // An option belongs to the command that it stands behind: `paper` and `paper review` both have a store.
    .enablePositionalOptions()
  addRuns(program)
  addLive(program)
  addOperating(program)
  addServing(program)
  addAlerts(program)
  addService(program)
  addConfig(program)
  addConfigurations(program)
  addStrategies(program)
  addData(program)
  addTools(program)
  addAllocation(program)
  addAllocators(program)
  return program
}

function addRuns(program: Command): void {
  program
    .command('backtest <config>')
    .description('run a portfolio over history and write its report')
    .addOption(dataOption().makeOptionMandatory())
    .addOption(fromOption())
    .addOption(toOption())
    .addOption(outOption())
    .addOption(jsonOption())
    .action(async (config: string, options) => (await import('./commands/backtest.ts')).backtest(config, options))
  program
    .command('compare <runs...>')
    .description('configurations or finished runs side by side, over the days that all of them have')
    .addOption(dataOption())
    .addOption(new Option('--seed <number>', 'without --data: of the simulated market').argParser(seed).default(26))
    .addOption(fromOption())
    .addOption(toOption())
    .option('--html <file>', 'write the comparison as a page')
    .addOption(jsonOption())
    .action(async (runs: readonly string[], options) => (await import('./commands/compare.ts')).compare(runs, options))
  addAsking(program.command('rebalance [config]'))
    .description('what dealing capital anew would move, order and cost on the last day of a run; without a file, now')
    .addOption(dataOption())
    .addOption(new Option('--seed <number>', 'without --data: of the simulated market').argParser(seed).default(26))
    .addOption(fromOption())
    .addOption(new Option('--to <date>', 'the day of the rebalancing').argParser(date))
    .option('--preview', 'show it; nothing is changed')
    .addOption(new Option('--by <method>', 'how; as configured where left out').choices(REBALANCING_METHODS))
    .action(async (config: string | undefined, options) =>
      (await import('./commands/rebalance.ts')).rebalance(config, options),
    )
  program
    .command('stress <config>')
    .description("put today's book through market moves, past crises and shocks, by the engine itself")
    .addOption(dataOption())
    .addOption(new Option('--seed <number>', 'without --data: of the simulated market').argParser(seed).default(26))
    .addOption(fromOption())
    .addOption(new Option('--to <date>', 'today: the last day before every scenario').argParser(date))
    .option('--scenarios <file>', 'YAML or JSON list of scenarios instead of those asked by default')
    .option('--html <file>', 'write the outcomes as a page')
    .addOption(jsonOption())
    .action(async (config: string, options) => (await import('./commands/stress.ts')).stress(config, options))
  program
    .command('demo [config]')
    .description(
      'serve a portfolio, or ours where none is named, on a simulated market that goes on; --report writes its report',
    )
    .addOption(new Option('--port <port>', 'of the dashboard; PORT, or 8420, where left out').argParser(notNegative))
    .addOption(speedOption().default(DEMO_SPEED))
    .option('--fresh', 'start anew; what was kept gets another name')
    .addOption(new Option('--seed <number>', 'another number gives another market').argParser(seed).default(26))
    .option('--open', 'open the dashboard, or the report, in the browser')
    .option('--report', 'write the report of five years, of the channels preset where no portfolio is named')
    .addOption(dataOption())
    .addOption(fromOption())
    .addOption(toOption())
    .addOption(new Option('--out <folder>', 'of the report (default: "polyfolio-report")').argParser(folder))
    .addOption(jsonOption())
    .action(async (config: string | undefined, options) => (await import('./commands/demo.ts')).demo(config, options))
}

/** A day of the simulated market in a quarter of a minute. */
const DEMO_SPEED = 5_760

const storeOption = (): Option =>
  new Option('--store <store>', 'where every event is kept: a file, or postgres://...')
    .argParser(folder)
    .default('polyfolio.db')

function addLive(program: Command): void {
  const paper = program
    .command('paper <config>')
    .enablePositionalOptions()
    .description('trade on paper: replayed bars, every event written down; goes on where it was stopped or killed')
    .addOption(dataOption())
    .addOption(new Option('--seed <number>', 'without --data: of the simulated market').argParser(seed).default(26))
    .addOption(storeOption())
    .addOption(fromOption())
    .addOption(toOption())
    .addOption(new Option('--every <seconds>', 'wait between two instants').argParser(seconds).default(0))
    .addOption(speedOption())
    .addOption(speedFromOption())
    .addOption(cyclesOption())
    .addOption(new Option('--snapshot-every <instants>', 'keep the whole state so often').argParser(count).default(500))
    .addOption(new Option('--bus <address>', 'tell others through Redis: redis://host:port').argParser(busAddress))
    .option('--follow', 'at the last bar, wait for those that are written to the files behind it')
    .option('--standby', 'where another process runs the portfolio, wait and take over when it ends')
    .addOption(jsonOption())
    .action(async (config: string, options) => (await import('./commands/paper.ts')).paper(config, options))
  paper
    .command('review [config]')
    .description(
      'a period on paper against what each sleeve is expected to do, and against a backtest of the same bars',
    )
    .addOption(storeOption())
    .option('--portfolio <name>', 'which one, where the store holds several')
    .addOption(jsonOption())
    .action(async (config: string | undefined, options) =>
      (await import('./commands/paper-review.ts')).paperReview(config, options),
    )
  program
    .command('report [configs...]')
    .description(
      "the dashboard's pages of a portfolio that is kept in a store, as one file that works without a network",
    )
    .addOption(storeOption())
    .option('--portfolio <name>', 'which one, where the store holds several')
    .addOption(new Option('--out <file>', 'the page').argParser(folder).default('portfolio.html'))
    .option('--watch', 'write it again whenever something has happened; who has it open sees it within a minute')
    .addOption(
      new Option('--explain <orders>', 'carry how the newest orders came about, so many')
        .argParser(notNegative)
        .default(0),
    )
    .option('--stress', 'carry every stress test; they are played on the market of the file, so name the file')
    .addOption(dataOption())
    .addOption(new Option('--seed <number>', 'without --data: of the simulated market').argParser(seed).default(26))
    .addOption(fromOption())
    .addOption(toOption())
    .action(async (configs: readonly string[], options) =>
      (await import('./commands/report.ts')).report(configs, options),
    )
  program
    .command('explain <order> [config]')
    .description('the whole chain of one order: bar, signal, size, rules, netting, route, fills, shares')
    .addOption(new Option('--store <store>', 'of the journal kept there: a file, or postgres://...').argParser(folder))
    .option('--portfolio <name>', 'which one, where the store holds several')
    .addOption(dataOption())
    .addOption(new Option('--seed <number>', 'without --data: of the simulated market').argParser(seed).default(26))
    .addOption(fromOption())
    .addOption(toOption())
    .addOption(jsonOption())
    .action(async (order: string, config: string | undefined, options) =>
      (await import('./commands/explain.ts')).explain(order, config, options),
    )
  program
    .command('whatif [config]')
    .description('the recorded market of a store under another allocator or other rules, beside what happened')
    .addOption(storeOption())
    .option('--portfolio <name>', 'which one, where the store holds several')
    .addOption(new Option('--allocator <method>', 'how capital is allocated').choices(ALLOCATION_METHODS))
    .option('--html <file>', 'write the comparison as a page')
    .addOption(jsonOption())
    .action(async (config: string | undefined, options) =>
      (await import('./commands/whatif.ts')).whatif(config, options),
    )
  program
    .command('replay <config>')
    .description('the state after any event, rebuilt from the journal alone')
    .addOption(storeOption())
    .addOption(new Option('--from <event>', 'tell every event from this one on, and what it changed').argParser(seed))
    .addOption(new Option('--to <event>', 'last event, by number; the last one kept').argParser(seed))
    .addOption(jsonOption())
    .action(async (config: string, options) => (await import('./commands/replay.ts')).replay(config, options))
  addStore(program)
}

function addConfig(program: Command): void {
  const config = program.command('config').description('portfolio files')
  config
    .command('check <file>')
    .description('say what a run of this portfolio would do, or what is wrong with the file')
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (file: string, options) => (await import('./commands/config-check.ts')).configCheck(file, options))
  addApproving(config)
  config
    .command('schema')
    .description('print a JSON Schema of portfolio files, for editors')
    .action(async () => (await import('./commands/config-schema.ts')).configSchema())
}

function addStrategies(program: Command): void {
  const strategies = program.command('strategies').description('rules of trading: those built in, and your own')
  strategies
    .command('list [path]')
    .description('every built-in strategy, and the own ones that a portfolio file names or that lie in a folder')
    .addOption(jsonOption())
    .action(async (path: string | undefined, options) =>
      (await import('./commands/strategies-list.ts')).strategiesList(path, options),
    )
  strategies
    .command('describe <strategy>')
    .description('what a strategy does, its parameters with bounds and search ranges, its indicators')
    .addOption(jsonOption())
    .action(async (strategy: string, options) =>
      (await import('./commands/strategies-describe.ts')).strategiesDescribe(strategy, options),
    )
  strategies
    .command('new <name>')
    .description('write a strategy of your own to begin with: its rules, a test, a portfolio that runs it')
    .option('--js', 'JavaScript instead of TypeScript')
    .addOption(new Option('--dir <folder>', 'where; a folder of its name where left out').argParser(folder))
    .action(async (name: string, options) =>
      (await import('./commands/strategies-new.ts')).strategiesNew(name, options),
    )
  strategies
    .command('test <strategy>')
    .description('the checks that every built-in strategy passes, on a file of your own, and the tests beside it')
    .addOption(
      new Option('--isolation <where>', 'decide in a thread of its own within a budget, or in this one')
        .choices(['worker', 'none'])
        .default('worker'),
    )
    .addOption(jsonOption())
    .action(async (strategy: string, options) =>
      (await import('./commands/strategies-test.ts')).strategiesTest(strategy, options),
    )
}

function addData(program: Command): void {
  const data = program.command('data').description('market data files')
  data
    .command('check <path>')
    .description('say what is wrong with a file, or with every file of a folder')
    .addOption(jsonOption())
    .action(async (path: string, options) => (await import('./commands/data-check.ts')).dataCheck(path, options))
  data
    .command('import <from>')
    .description('check price files, repair them and write them in one plain layout')
    .requiredOption('--out <folder>', 'where the files are written')
    .addOption(new Option('--format <format>', 'what is written').choices(['parquet', 'csv']).default('parquet'))
    .option('--force', 'replace files that are there already')
    .addOption(jsonOption())
    .action(async (from: string, options) => (await import('./commands/data-import.ts')).dataImport(from, options))
}

function addTools(program: Command): void {
  program
    .command('net <scenario>')
    .description('net and book the intents of a scenario file')
    .addOption(jsonOption())
    .action(async (scenario: string, options) => (await import('./commands/net.ts')).net(scenario, options))
  program
    .command('metrics')
    .description('every metric of a series of returns')
    .requiredOption('--returns <file>', 'CSV with one return per row, a date before it or not')
    .option('--column <name>', 'the column of returns, where there are several')
    .addOption(new Option('--periods <count>', 'returns in a year').argParser(count).default(252))
    .addOption(new Option('--rf <rate>', 'risk-free rate per period').argParser(number).default(0))
    .addOption(new Option('--mar <rate>', 'minimum acceptable return per period').argParser(number).default(0))
    .option('--benchmark <file>', 'CSV of the benchmark, row by row or by date')
    .option('--benchmark-column <name>', 'the column of the benchmark, where there are several')
    .addOption(jsonOption())
    .action(async (options) => (await import('./commands/metrics.ts')).metrics(options))
  program
    .command('risk')
    .description('the risk of a mix of return series, and what each of them carries of it')
    .requiredOption('--returns <file>', 'CSV with a column of dates and one column of returns per series')
    .option('--weights <file>', 'a weight per series (CSV, YAML or JSON); equal ones where left out')
    .addOption(new Option('--periods <count>', 'returns in a year').argParser(count).default(252))
    .addOption(new Option('--draws <count>', 'redrawn histories behind every interval').argParser(count).default(1000))
    .addOption(new Option('--seed <number>', 'another number redraws other histories').argParser(seed).default(1))
    .option('--benchmark <file>', 'returns to measure betas on, joined by date or row by row')
    .option('--benchmark-column <name>', 'the column of the benchmark, where there are several')
    .addOption(jsonOption())
    .action(async (options) => (await import('./commands/risk.ts')).risk(options))
  program
    .command('simulate [config]')
    .description('many futures of a portfolio, drawn from its past, and how many of them end badly')
    .option('--returns <file>', 'instead of a configuration: CSV, a date column and one column of returns per series')
    .option('--weights <file>', 'beside --returns: a weight per series; equal ones where left out')
    .addOption(dataOption())
    .addOption(
      new Option('--market-seed <number>', 'without --data: of the simulated market').argParser(seed).default(26),
    )
    .addOption(fromOption())
    .addOption(toOption())
    .addOption(new Option('--method <name>', 'how futures are drawn').choices(SIMULATION_METHODS).default('bootstrap'))
    .addOption(new Option('--horizon <count>', 'periods ahead; a year where left out').argParser(count))
    .addOption(new Option('--paths <count>', 'futures drawn').argParser(count).default(10_000))
    .addOption(new Option('--seed <number>', 'another number draws other futures').argParser(seed).default(1))
    .addOption(new Option('--block <count>', 'bootstrap: periods that stay together').argParser(count).default(20))
    .addOption(
      new Option('--degrees <number>', 'student: degrees of freedom; fitted where left out').argParser(degrees),
    )
    .addOption(new Option('--periods <count>', 'periods in a year').argParser(count))
    .addOption(new Option('--ruin <fraction>', 'ruined at this fraction of the start').argParser(share).default(0.5))
    .addOption(new Option('--breach <levels>', 'drawdowns to count, such as 0.1,0.2').argParser(shares))
    .option('--html <file>', 'write the cone and the outcomes as a page')
    .addOption(jsonOption())
    .action(async (config: string | undefined, options) =>
      (await import('./commands/simulate.ts')).simulateCommand(config, options),
    )
  program
    .command('screen')
    .description('names of snapshots that meet the criteria of a configuration, and why the others do not')
    .requiredOption(
      '--snapshot <files...>',
      'what companies were on a day, several for several days: symbol, sector, industry, market_cap, float_shares, avg_volume',
    )
    .option('--config <file>', 'portfolio file with a `screen:` block; the channels preset where left out')
    .option('--write <file>', 'keep a universe history: who is in and who is out from which day on')
    .addOption(jsonOption())
    .action(async (options) => (await import('./commands/screen.ts')).screen(options))
}

function addAllocators(program: Command): void {
  program
    .command('compare-allocators [config]')
    .description('every allocator on the same sleeves or series, walk-forward: weights earn only what came after')
    .option('--returns <file>', 'instead of a configuration: CSV with dates and one column of returns per series')
    .addOption(dataOption())
    .addOption(new Option('--seed <number>', 'without --data: of the simulated market').argParser(seed).default(26))
    .addOption(fromOption())
    .addOption(toOption())
    .addOption(new Option('--window <count>', 'rows that weights are computed from').argParser(count))
    .addOption(new Option('--every <schedule>', 'rows, or week, month, quarter: when anew').argParser(schedule))
    .addOption(new Option('--cov <estimator>', 'covariance').choices(COVARIANCE_ESTIMATORS))
    .addOption(new Option('--bounds <lower,upper>', 'bounds on each weight, such as 0.15,0.30').argParser(bounds))
    .option('--groups <file>', 'bounds on what series have together')
    .option('--budget <file>', 'what is known of each series: budget, weight, stage, trades')
    .addOption(new Option('--cost <bps>', 'basis points of what is moved').argParser(notNegative).default(10))
    .addOption(new Option('--periods <count>', 'returns in a year; as the dates say where left out').argParser(count))
    .addOption(new Option('--rf <rate>', 'risk-free rate per period').argParser(number))
    .addOption(new Option('--turnover-penalty <number>', 'how much shorter each move is').argParser(notNegative))
    .addOption(new Option('--buffer <number>', 'smaller moves are not made').argParser(notNegative))
    .option('--html <file>', 'write the comparison as a page')
    .addOption(jsonOption())
    .action(async (config: string | undefined, options) =>
      (await import('./commands/compare-allocators.ts')).compareAllocators(config, options),
    )
}

function addAllocation(program: Command): void {
  program
    .command('allocate')
    .description('weights of several series by a method')
    .option('--returns <file>', 'CSV: a date column and one column of returns per series')
    .option('--covariance <file>', 'CSV: a covariance instead of returns')
    .option('--means <file>', 'mean of each series, beside --covariance')
    .addOption(new Option('--method <name>', 'how').choices(ALLOCATION_METHODS).makeOptionMandatory())
    .addOption(new Option('--bounds <lower,upper>', 'bounds on each weight, such as 0.15,0.30').argParser(bounds))
    .option('--groups <file>', 'bounds on what series have together')
    .option('--budget <file>', 'what is known of each series: budget, weight, stage, trades')
    .addOption(new Option('--cov <estimator>', 'covariance').choices(COVARIANCE_ESTIMATORS).default('sample'))
    .addOption(new Option('--window <count>', 'only the last rows').argParser(count))
    .addOption(new Option('--periods <count>', 'returns in a year').argParser(count).default(252))
    .addOption(new Option('--rf <rate>', 'risk-free rate per period').argParser(number).default(0))
    .addOption(new Option('--kelly <form>', 'all together or each alone').choices(['joint', 'each']).default('joint'))
    .addOption(new Option('--fraction <number>', 'fraction of full Kelly').argParser(aboveZero).default(0.5))
    .addOption(new Option('--leverage <number>', 'what Kelly weights may add up to').argParser(aboveZero).default(1))
    .option('--literal', 'lifecycle sizes by the letter: no cut at a Sharpe ratio of 0')
    .option('--previous <file>', 'weights until now')
    .addOption(
      new Option('--turnover-penalty <number>', 'how much shorter each move is').argParser(notNegative).default(0),
    )
    .addOption(new Option('--buffer <number>', 'smaller moves are not made').argParser(notNegative).default(0))
    .addOption(jsonOption())
    .action(async (options) => (await import('./commands/allocate.ts')).allocateCommand(options))
}
