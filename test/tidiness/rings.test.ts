import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkRings, describeRingBreach, type RingReport } from './rings.ts'
import { ROOT } from './sources.ts'

interface Config {
  readonly forbidden: readonly { readonly name: string }[]
}
const RULES = (createRequire(import.meta.url)(join(ROOT, '.dependency-cruiser.cjs')) as Config).forbidden.map(
  ({ name }) => name,
)

/**
 * Rows of `rule: importer -> imported`; the imported one is a module of src, a Node module or a package.
 * A row without a rule is the other half of the row before.
 */
const PLANTED = rows(`
  no-circular:                  domain/egg -> domain/hen
  :                             domain/hen -> domain/egg
  no-unresolved:                domain/lost -> domain/nowhere
  domain-imports-nothing:       domain/a -> numerics/free
  domain-imports-nothing:       domain/b -> adapters/clock/free
  domain-imports-nothing:       domain/c -> pipeline/risk/free
  numerics-knows-no-domain:     numerics/a -> domain/free
  numerics-knows-no-domain:     numerics/b -> indicators/free
  indicators-import-numerics:   indicators/a -> pipeline/risk/free
  indicators-import-numerics:   indicators/b -> exchange/free
  stages-never-meet:            pipeline/netting/a -> pipeline/risk/free
  stages-never-meet:            pipeline/netting/b -> engine/free
  stages-never-meet:            pipeline/netting/c -> exchange/free
  stages-never-meet:            pipeline/netting/d -> pipeline/between
  no-module-between-stages:     pipeline/between -> pipeline/risk/free
  exchange-is-pure:             exchange/a -> engine/free
  exchange-is-pure:             exchange/b -> indicators/free
  engine-takes-ports:           engine/a -> adapters/clock/free
  engine-takes-ports:           engine/b -> research/free
  live-is-handed-its-machine:   live/a -> adapters/clock/free
  live-is-handed-its-machine:   live/b -> research/free
  research-drives-engine:       research/a -> api/free
  research-drives-engine:       research/b -> adapters/clock/free
  research-drives-engine:       research/e -> cli/free
  research-drives-engine:       research/f -> live/free
  adapters-know-domain-only:    adapters/store/a -> adapters/clock/free
  adapters-know-domain-only:    adapters/store/b -> engine/free
  adapters-know-domain-only:    adapters/store/c -> exchange/free
  adapters-know-domain-only:    adapters/store/d -> adapters/between
  simulating-adapters:          adapters/feeds/a -> engine/free
  simulating-adapters:          adapters/brokers/a -> adapters/feeds/free
  simulating-adapters:          adapters/brokers/b -> pipeline/risk/free
  no-module-between-adapters:   adapters/between -> adapters/clock/free
  api-reads-never-steers:       api/a -> adapters/clock/free
  api-reads-never-steers:       api/b -> pipeline/risk/free
  contract-stands-alone:        api/contract/a -> domain/free
  contract-stands-alone:        api/contract/b -> node:fs
  contract-stands-alone:        api/contract/c -> zod
  client-stands-alone:          api/client/a -> domain/free
  client-stands-alone:          api/client/b -> node:fs
  dashboard-sees-contract:      /dashboard/a -> domain/free
  dashboard-sees-contract:      /dashboard/b -> api/free
  public-names-are-pure:        index -> adapters/clock/free
  command-line-is-outermost:    adapters/store/e -> cli/free
  command-line-is-outermost:    api/c -> cli/free
  machine-at-the-edge:          domain/d -> node:fs
  machine-at-the-edge:          numerics/c -> node:os
  machine-at-the-edge:          indicators/c -> node:crypto
  machine-at-the-edge:          pipeline/risk/a -> node:timers
  machine-at-the-edge:          exchange/c -> node:perf_hooks
  machine-at-the-edge:          engine/c -> node:worker_threads
  machine-at-the-edge:          live/c -> node:fs
  machine-at-the-edge:          research/c -> fs
  pure-needs-no-package:        domain/e -> zod
  pure-needs-no-package:        indicators/d -> yaml
  pure-needs-no-package:        pipeline/risk/b -> csv-parse
  pure-needs-no-package:        exchange/d -> zod
  pure-needs-no-package:        engine/d -> commander
  pure-needs-no-package:        live/d -> kysely
  pure-needs-no-package:        research/d -> zod
  numerics-hides-its-packages:  numerics/d -> zod
  product-runs-without-tools:   cli/a -> fast-check
  product-runs-without-tools:   adapters/store/f -> vitest
  product-knows-no-test:        cli/b -> cli/some.test
  product-knows-no-test:        cli/c -> /test/some
  no-orphans:                   domain/alone ->`)

/** Rows that every rule must let pass, among them type imports and imports of a test. */
const ALLOWED = rows(`
  : domain/ok -> domain/free
  : numerics/ok -> domain/assert
  : indicators/ok -> numerics/free domain/free
  : pipeline/risk/ok -> pipeline/risk/free domain/free numerics/free indicators/free
  : exchange/ok -> domain/free numerics/free
  : engine/ok -> pipeline/risk/free pipeline/netting/free exchange/free indicators/free numerics/free domain/free
  : live/ok -> engine/free exchange/free domain/free
  : research/ok -> engine/free pipeline/risk/free indicators/free
  : adapters/store/ok -> domain/free node:fs yaml
  : adapters/feeds/ok -> domain/free exchange/free numerics/free csv-parse
  : adapters/brokers/ok -> domain/free exchange/free
  : api/ok -> engine/free domain/free api/contract/free zod node:http
  : api/contract/ok -> api/contract/free
  : api/client/ok -> api/client/free api/contract/free
  : cli/ok -> engine/free adapters/clock/free adapters/store/ok api/free live/free research/free commander node:fs
  : node -> adapters/clock/free cli/free
  : domain/free.test -> /test/some node:fs vitest
  : /dashboard/ok -> api/contract/free`)

interface Row {
  readonly rule: string
  readonly from: string
  readonly to: readonly string[]
}

function rows(text: string): Row[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [, rule, from, to] = /^\s*([\w-]*):\s+(\S+) ->(.*)$/.exec(line)!
      return { rule: rule!, from: from!, to: to!.trim().split(/\s+/).filter(Boolean) }
    })
}

/** Modules of src by their short name, other modules of the tree with a leading slash. */
function fileOf(name: string): string {
  return name.startsWith('/') ? `${name.slice(1)}.ts` : `src/${name}.ts`
}

const isModule = (name: string): boolean =>
  name.startsWith('/') ||
  /^(domain|numerics|indicators|pipeline|exchange|engine|live|research|adapters|api|cli)\//.test(name)

/** A module that imports each target; every second one as a type only, since types count. */
function moduleText({ from, to }: Row, index: number): string {
  const up = '../'.repeat(fileOf(from).split('/').length - 1)
  const lines = to.map((target, place) => {
    const address = isModule(target) ? `${up}${fileOf(target)}` : target
    const kind = (index + place) % 2 === 0 || !isModule(target) ? 'import' : 'import type'
    return `${kind} * as name${place} from '${address}'`
  })
  return `${lines.join('\n')}\nexport const value = 1\n`
}

function plant(tree: string, planted: readonly Row[]): void {
  const write = (name: string, text: string): void => {
    const path = join(tree, fileOf(name))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  const mentioned = new Set(
    planted.flatMap(({ to }) => to).filter((name) => isModule(name) && !name.endsWith('nowhere')),
  )
  for (const name of mentioned) write(name, 'export const value = 1\n')
  for (const [index, row] of planted.entries()) write(row.from, moduleText(row, index))
  for (const file of ['package.json', 'tsconfig.json']) copyFileSync(join(ROOT, file), join(tree, file))
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'))
}

describe('the rings', () => {
  const trees: string[] = []
  let broken: RingReport
  let sound: RingReport

  async function reportOf(planted: readonly Row[]): Promise<RingReport> {
    const tree = mkdtempSync(join(tmpdir(), 'polyfolio-rings-'))
    trees.push(tree)
    plant(tree, planted)
    return checkRings(tree, 'src', 'dashboard')
  }
  beforeAll(async () => {
    broken = await reportOf(PLANTED)
    sound = await reportOf(ALLOWED)
  })
  afterAll(() => {
    for (const tree of trees) rmSync(tree, { recursive: true })
  })

  it.each(PLANTED.filter(({ rule }) => rule !== ''))(
    'catch $from importing $to by the rule $rule',
    ({ rule, from }) => {
      const caught = broken.breaches.filter((breach) => breach.from === fileOf(from)).map((breach) => breach.rule)
      expect(caught).toContain(rule)
    },
  )

  it('have a planted violation for every rule', () => {
    expect([...new Set(PLANTED.map(({ rule }) => rule))].filter(Boolean).sort()).toEqual([...RULES].sort())
  })

  it('let every allowed import pass', () => {
    expect(sound.breaches.map(describeRingBreach)).toEqual([])
    expect(sound.modules).toBeGreaterThan(ALLOWED.length)
  })
})
