import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/*
 * Files that take long are begun first, so that no worker is still busy with one when all others have ended; the rest
 * follow by name, in every run the same.
 */
const LONGEST: readonly string[] = [
  'test/api/hostile.test.ts',
  'test/api/sessions.test.ts',
  'test/cli/demo.test.ts',
  'test/dashboard/pages.test.ts',
  'test/dashboard/forms.test.ts',
  'test/golden/portfolios.test.ts',
  'test/cli/store.test.ts',
  'test/dst/dst.test.ts',
  'test/cli/strategies.test.ts',
  'test/cli/operate.test.ts',
  'test/dst/more.test.ts',
  'test/cli/guide.test.ts',
  'test/simulation/shadows.test.ts',
  'test/simulation/look-ahead.test.ts',
  'src/pipeline/strategies/registry.test.ts',
  'test/kill/kill.test.ts',
  'test/isolation/isolation.test.ts',
  'test/cli/bad-input.test.ts',
  'src/adapters/store/postgres.test.ts',
  'test/alerts/serve.test.ts',
  'test/simulation/strategy-restarts.test.ts',
  'test/cli/follow.test.ts',
  'test/cli/portfolio-presets.test.ts',
  'test/cli/bus.test.ts',
  'test/simulation/parity.test.ts',
  'src/cli/live/recorded.test.ts',
  'test/examples.test.ts',
  'test/cli/recorded-run.test.ts',
  'test/api/figures.test.ts',
  'test/deploy/recipes.test.ts',
  'test/cli/compare-allocators.test.ts',
  'test/live/week-of-minutes.test.ts',
  'src/adapters/store/disk.test.ts',
  'test/simulation/snapshot.test.ts',
  'test/cli/stress.test.ts',
  'test/api/push.test.ts',
  'test/simulation/live-engine.test.ts',
  'test/golden/presets.test.ts',
]

/** Sorts the files of a run of the tests. */
export class LongestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = (path: string): number => {
      const rank = LONGEST.indexOf(path)
      return rank < 0 ? LONGEST.length : rank
    }
    const named = files.map((file) => ({ file, path: relative(this.ctx.config.root, file.moduleId) }))
    named.sort((one, other) => rankOf(one.path) - rankOf(other.path) || (one.path < other.path ? -1 : 1))
    return Promise.resolve(named.map(({ file }) => file))
  }
}
