import { type FormEvent, type ReactNode, useCallback, useId } from 'react'
import type { JobResult, MonteCarloInput } from '../../../../src/api/contract/jobs.ts'
import type { SimulationView } from '../../../../src/api/contract/simulation.ts'
import { Chart } from '../../charts/Chart.tsx'
import { bandPlaces, breachText, cone } from '../../charts/cone.ts'
import { usePalette } from '../../charts/use-palette.ts'
import { type Job, useJob } from '../../data/jobs.ts'
import { count, percent } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { fieldText } from '../../panels/forms.ts'
import { PlainTable } from '../../panels/PlainTable.tsx'
import { JobProgress } from './JobProgress.tsx'
import { jobSource } from './job-source.ts'

const simulationOf = (result: JobResult): SimulationView | null => (result.kind === 'monte-carlo' ? result.view : null)

const signed = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'n/a' : percent(value - 1, { signed: true })

function Cone({ view }: { readonly view: SimulationView }): ReactNode {
  const palette = usePalette()
  const option = useCallback(() => cone(view, palette), [view, palette])
  const places = bandPlaces(view)
  const end = (place: number): string => signed(places === null ? null : view.cone[places[place]!]?.at(-1))
  return (
    <>
      <Chart
        option={option}
        name={`Monte Carlo cone, ${view.horizon} days, ${count(view.paths)} paths. In the middle ${end(2)}, 5 of 100 paths below ${end(0)}, 5 above ${end(4)}.`}
        cursor={{
          length: view.horizon + 1,
          seriesIndex: 5, // the middle path
          describe: (place) =>
            `Day ${place}. ${view.quantiles.map((quantile, row) => `${percent(quantile, { decimals: 0 })} of paths below ${signed(view.cone[row]?.[place])}`).join(', ')}.`,
        }}
      />
      <p className="panel-line cone-words">{breachText(view.portfolio)}</p>
    </>
  )
}

function ConeTable({ view }: { readonly view: SimulationView }): ReactNode {
  const steps = view.cone[0]?.length ?? 0
  const every = Math.max(1, Math.ceil(steps / 60))
  const shown = Array.from({ length: steps }, (_, step) => step).filter(
    (step) => step % every === 0 || step === steps - 1,
  )
  return (
    <PlainTable
      label="Monte Carlo cone"
      columns={[{ title: 'Day' }, ...view.quantiles.map((quantile) => ({ title: percent(quantile, { decimals: 0 }) }))]}
      rows={shown.map((step) => ({
        key: String(step),
        cells: [String(step), ...view.quantiles.map((_, row) => signed(view.cone[row]?.[step]))],
      }))}
    />
  )
}

function ConePanel({ job, onRun }: { readonly job: Job; readonly onRun: () => void }): ReactNode {
  const empty = (
    <div className="panel-empty">
      <p>
        {job.canRun ? 'No future was simulated yet. ' : (job.error ?? 'This report holds no simulation.')}
        {job.canRun && (
          <button type="button" className="link" onClick={onRun}>
            Run the simulation
          </button>
        )}
      </p>
    </div>
  )
  return (
    <Panel
      title="Monte Carlo cone"
      unit="simulated change of value"
      span={7}
      height={380}
      source={jobSource(job, simulationOf)}
      table={({ answer }) => (answer === null ? empty : <ConeTable view={answer} />)}
    >
      {({ answer }) => {
        if (answer !== null) return <Cone view={answer} />
        return job.isRunning ? <div className="skeleton skeleton-chart" aria-hidden="true" /> : empty
      }}
    </Panel>
  )
}

const METHODS = [
  ['block-bootstrap', 'Blocks of past days'],
  ['bootstrap', 'Single past days'],
  ['normal', 'Normal distribution'],
  ['student-t', 'Student t, fat tails'],
] as const

const CONE_STANDARD: MonteCarloInput = {
  method: 'block-bootstrap',
  horizon: 252,
  paths: 10_000,
  seed: 1,
  drawdown: 0.2,
}

function inputOf(form: FormData): MonteCarloInput {
  const number = (key: string): number => Number(fieldText(form, key))
  return {
    method: fieldText(form, 'method') as MonteCarloInput['method'],
    horizon: number('horizon'),
    paths: number('paths'),
    seed: number('seed'),
    drawdown: number('drawdown') / 100,
  }
}

function Field({
  name,
  label,
  value,
  least,
  most,
  step = 1,
}: {
  readonly name: string
  readonly label: string
  readonly value: number
  readonly least: number
  readonly most: number
  readonly step?: number
}): ReactNode {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        type="number"
        name={name}
        defaultValue={value}
        min={least}
        max={most}
        step={step}
        required
      />
    </div>
  )
}

/** What a simulation assumed, beside what it answered. */
function Answer({ view }: { readonly view: SimulationView }): ReactNode {
  const rows = [
    {
      key: 'past',
      cells: [
        'Past that it draws from',
        view.start === null ? `${count(view.observations)} days` : `${view.start} to ${view.end}`,
      ],
    },
    { key: 'middle', cells: ['Mean at the end', signed(view.portfolio.mean)] },
    { key: 'loss', cells: ['Ends below its start', percent(view.portfolio.lossProbability, { decimals: 1 })] },
    ...view.portfolio.breaches.map((breach) => ({
      key: String(breach.drawdown),
      cells: [
        `Falls deeper than ${percent(breach.drawdown, { decimals: 0 })}`,
        percent(breach.probability, { decimals: 1 }),
      ],
    })),
    {
      key: 'ruin',
      cells: [
        `Falls to ${percent(view.ruinAt, { decimals: 0 })} of its start`,
        percent(view.portfolio.ruinProbability, { decimals: 1 }),
      ],
    },
  ]
  return (
    <PlainTable
      label="Probabilities"
      columns={[{ title: 'Outcome', width: '62%' }, { title: 'Probability' }]}
      rows={rows}
    />
  )
}

function ConeSettings({ job }: { readonly job: Job }): ReactNode {
  function run(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    job.run(inputOf(new FormData(event.currentTarget)))
  }
  return (
    <Panel title="Run settings" unit="of the simulation" span={5} height={380} source={jobSource(job, simulationOf)}>
      {({ answer }) => (
        <div className="cone-settings">
          {job.canRun && (
            <form onSubmit={run}>
              <div className="field">
                <label htmlFor="cone-method">Futures are drawn from</label>
                <select
                  id="cone-method"
                  className="input"
                  name="method"
                  defaultValue={answer?.method ?? CONE_STANDARD.method}
                >
                  {METHODS.map(([value, text]) => (
                    <option key={value} value={value}>
                      {text}
                    </option>
                  ))}
                </select>
              </div>
              <Field name="horizon" label="Trading days ahead" value={CONE_STANDARD.horizon} least={5} most={2520} />
              <Field name="paths" label="Paths" value={CONE_STANDARD.paths} least={100} most={100_000} />
              <Field
                name="drawdown"
                label="Fall to ask about, in %"
                value={CONE_STANDARD.drawdown * 100}
                least={1}
                most={99}
              />
              <Field name="seed" label="Seed of chance" value={CONE_STANDARD.seed} least={0} most={4_294_967_295} />
              <button type="submit" className="button button-main" disabled={job.isRunning}>
                Run simulation
              </button>
            </form>
          )}
          <JobProgress job={job} what="The simulation" />
          {answer !== null && <Answer view={answer} />}
        </div>
      )}
    </Panel>
  )
}

export function ConePanels(): ReactNode {
  const job = useJob('monte-carlo', 'cone')
  return (
    <>
      <ConePanel job={job} onRun={() => job.run(CONE_STANDARD)} />
      <ConeSettings job={job} />
    </>
  )
}
