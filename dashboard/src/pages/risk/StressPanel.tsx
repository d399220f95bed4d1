import { type FormEvent, type ReactNode, useCallback, useState } from 'react'
import type { JobResult, OwnScenario } from '../../../../src/api/contract/jobs.ts'
import type { StressView } from '../../../../src/api/contract/stress.ts'
import { Chart } from '../../charts/Chart.tsx'
import { playedOf, stressBars } from '../../charts/stress-bars.ts'
import { usePalette } from '../../charts/use-palette.ts'
import { useAmounts } from '../../data/amounts.ts'
import { type Job, useJob } from '../../data/jobs.ts'
import { percent } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { fieldText } from '../../panels/forms.ts'
import { PlainTable } from '../../panels/PlainTable.tsx'
import { JobProgress } from './JobProgress.tsx'
import { jobSource } from './job-source.ts'

const stressOf = (result: JobResult): StressView | null => (result.kind === 'stress' ? result.view : null)

function Outcomes({ view }: { readonly view: StressView }): ReactNode {
  const palette = usePalette()
  const option = useCallback(() => stressBars(view, palette), [view, palette])
  const played = playedOf(view)
  const impossible = view.outcomes.filter((outcome) => outcome.impossible !== null)
  const worst = played[0]
  return (
    <>
      <Chart
        option={option}
        name={`Stress tests of ${view.today}, bars. ${played.length} scenarios${worst === undefined ? '' : `, worst ${worst.name} ${percent(worst.change, { signed: true })}`}.`}
        cursor={{
          length: played.length,
          describe: (place) => {
            const outcome = played[played.length - 1 - place]!
            return `${outcome.name}: ${percent(outcome.change, { signed: true })}, worst on the way ${percent(outcome.worst)}.`
          },
        }}
      />
      {impossible.length > 0 && (
        <p
          className="panel-line"
          title={impossible.map((outcome) => `${outcome.name}: ${outcome.impossible}`).join('\n')}
        >
          {`${impossible.length} could not be played: ${impossible.map((outcome) => outcome.name).join(', ')}`}
        </p>
      )}
    </>
  )
}

function OutcomesTable({ view }: { readonly view: StressView }): ReactNode {
  const { money } = useAmounts()
  return (
    <PlainTable
      label="Stress tests"
      columns={[
        { title: 'Scenario', width: '36%' },
        { title: 'Change' },
        { title: 'In money' },
        { title: 'Worst' },
        { title: 'Rules' },
      ]}
      rows={view.outcomes.map((outcome) => ({
        key: outcome.name,
        cells: [
          <span key="name" title={outcome.impossible ?? ''}>
            {outcome.name}
          </span>,
          outcome.change === null ? 'n/a' : percent(outcome.change, { signed: true }),
          outcome.after === null || outcome.before === null
            ? 'n/a'
            : money(outcome.after - outcome.before, { signed: true }),
          percent(outcome.worst),
          outcome.impossible === null ? String(outcome.violations.length) : 'n/a',
        ],
      }))}
    />
  )
}

const percentOf = (text: string): number => Number(text.replace(',', '.')) / 100

/** The scenario that a form describes; a text says what is wrong with it. */
export function ownScenario(kind: OwnScenario['kind'], text: (key: string) => string): OwnScenario | string {
  const name = text('name')
  if (name === '') return 'Name the scenario.'
  if (kind === 'shock') {
    const change = percentOf(text('change'))
    const isChange = change > -1 && change < 1 && change !== 0
    return isChange ? { kind, name, change } : 'The change is a percentage between −100 and 100, not 0.'
  }
  const [from, to] = [text('from'), text('to')]
  return from !== '' && from < to ? { kind, name, from, to } : 'The first day comes before the last.'
}

interface OwnFormProps {
  readonly onAdd: (scenario: OwnScenario) => void
  readonly onClose: () => void
}

/** A fall of everything, or a stretch of the past, of the reader's own. */
function OwnForm({ onAdd, onClose }: OwnFormProps): ReactNode {
  const [kind, setKind] = useState<OwnScenario['kind']>('shock')
  const [fault, setFault] = useState('')
  function add(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const scenario = ownScenario(kind, (key) => fieldText(form, key))
    if (typeof scenario === 'string') setFault(scenario)
    else onAdd(scenario)
  }
  return (
    <form className="own-scenario" onSubmit={add}>
      <label className="field">
        <span>Kind</span>
        <select className="input" value={kind} onChange={(event) => setKind(event.target.value as OwnScenario['kind'])}>
          <option value="shock">All prices change at once</option>
          <option value="window">A stretch of the past again</option>
        </select>
      </label>
      <label className="field">
        <span>Name</span>
        <input className="input" name="name" maxLength={60} />
      </label>
      {kind === 'shock' ? (
        <label className="field">
          <span>Change in %</span>
          <input className="input" name="change" inputMode="decimal" defaultValue="-15" />
        </label>
      ) : (
        <>
          <label className="field">
            <span>First day</span>
            <input className="input" name="from" type="date" />
          </label>
          <label className="field">
            <span>Last day</span>
            <input className="input" name="to" type="date" />
          </label>
        </>
      )}
      {fault !== '' && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <p className="own-buttons">
        <button type="submit" className="button button-main">
          Add and run
        </button>
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
      </p>
    </form>
  )
}

function NotRun({ job, run }: { readonly job: Job; readonly run: () => void }): ReactNode {
  return (
    <div className="panel-empty">
      <p>
        {job.canRun
          ? 'No stress test was run yet. '
          : 'This report carries no scenarios: the dashboard and polyfolio stress play them.'}
        {job.canRun && (
          <button type="button" className="link" onClick={run}>
            Run all scenarios
          </button>
        )}
      </p>
    </div>
  )
}

export function StressPanel(): ReactNode {
  const job = useJob('stress', 'stress')
  const [own, setOwn] = useState<readonly OwnScenario[]>([])
  const [isAdding, setAdding] = useState(false)
  const run = (scenarios: readonly OwnScenario[] = own): void => job.run({ scenarios: [], own: scenarios })
  return (
    <Panel
      title="Stress tests"
      unit="change of value"
      span={5}
      height={400}
      source={jobSource(job, stressOf)}
      controls={
        job.canRun && (
          <>
            <button type="button" className="button button-small" disabled={job.isRunning} onClick={() => run()}>
              Run tests
            </button>
            <button
              type="button"
              className="button button-small"
              aria-expanded={isAdding}
              onClick={() => setAdding((before) => !before)}
            >
              Add scenario
            </button>
          </>
        )
      }
      table={({ answer }) =>
        answer === null ? <NotRun job={job} run={() => run()} /> : <OutcomesTable view={answer} />
      }
    >
      {({ answer }) => (
        <>
          {isAdding && (
            <OwnForm
              onClose={() => setAdding(false)}
              onAdd={(scenario) => {
                const all = [...own.filter((each) => each.name !== scenario.name), scenario]
                setOwn(all)
                setAdding(false)
                run(all)
              }}
            />
          )}
          <JobProgress job={job} what="The stress test" />
          {answer !== null && <Outcomes view={answer} />}
          {answer === null && !job.isRunning && !isAdding && <NotRun job={job} run={() => run()} />}
        </>
      )}
    </Panel>
  )
}
