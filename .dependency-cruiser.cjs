// Rings, innermost first. A module imports its own ring's folder or a ring further in; type imports count.
//   domain <- numerics <- indicators <- pipeline/* <- engine <- research
//   domain, numerics <- exchange <- engine, adapters/{brokers,feeds}
//   engine <- live
//   domain <- adapters/*        engine <- api        api/contract <- api/client, dashboard        cli may import all

const TEST = '[.]test[.]ts$'
const PACKAGE = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown']

/** One ring: what lives under `from` may import only the `allowed` rooms of src. */
const ring = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: `^src/(${allowed})` },
})

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Types included: move the shared type to domain/.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      comment: 'An import that leads nowhere hides from every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    ring('domain-imports-nothing', 'The centre knows no one.', '^src/domain/', 'domain/'),
    ring(
      'numerics-knows-no-domain',
      'Numbers in, numbers out; it may only assert.',
      '^src/numerics/',
      'numerics/|domain/assert[.]ts$',
    ),
    ring(
      'indicators-import-numerics',
      'Indicators are columns of numbers.',
      '^src/indicators/',
      '(indicators|numerics|domain)/',
    ),
    ring(
      'stages-never-meet',
      'Stages talk in domain messages; only engine/ joins them.',
      '^src/pipeline/([^/]+)/',
      '(pipeline/$1|domain|numerics|indicators)/',
    ),
    ring(
      'no-module-between-stages',
      'A module outside every stage would let stages meet in it.',
      '^src/pipeline/[^/]+$',
      '(domain|numerics|indicators)/',
    ),
    ring('exchange-is-pure', 'Simulation is arithmetic.', '^src/exchange/', '(exchange|domain|numerics)/'),
    ring(
      'engine-takes-ports',
      'The engine is handed its adapters.',
      '^src/engine/',
      '(engine|exchange|pipeline|indicators|domain|numerics)/',
    ),
    ring(
      'live-is-handed-its-machine',
      'The durable shell around the engine: its store, its clock and its broker are ports that it is given.',
      '^src/live/',
      '(live|engine|exchange|pipeline|indicators|domain|numerics)/',
    ),
    ring(
      'research-drives-engine',
      'Research calls the engine as a function.',
      '^src/research/',
      '(research|engine|exchange|pipeline|indicators|domain|numerics)/',
    ),
    ring(
      'adapters-know-domain-only',
      'An adapter fulfils a port, and never meets another adapter.',
      '^src/adapters/(?!brokers/|feeds/)([^/]+)/',
      '(adapters/$1|domain)/',
    ),
    ring(
      'simulating-adapters',
      'Brokers and feeds may also run the simulation; they never meet another adapter.',
      '^src/adapters/(brokers|feeds)/',
      '(adapters/$1|domain|numerics|exchange)/',
    ),
    ring(
      'no-module-between-adapters',
      'A module outside every adapter would let adapters meet in it.',
      '^src/adapters/[^/]+$',
      'domain/',
    ),
    ring('api-reads-never-steers', 'Outside sees views and a few commands.', '^src/api/', '(api|engine|domain)/'),
    {
      name: 'contract-stands-alone',
      comment: 'A browser reads it: no module of ours, no package, no Node.',
      severity: 'error',
      from: { path: '^src/api/contract/', pathNot: TEST },
      to: { pathNot: '^src/api/contract/' },
    },
    {
      name: 'client-stands-alone',
      comment: 'It is run where nothing else of ours is: the contract, and the language.',
      severity: 'error',
      from: { path: '^src/api/client/', pathNot: TEST },
      to: { pathNot: '^src/api/(client|contract)/' },
    },
    {
      name: 'dashboard-sees-contract',
      comment: 'The dashboard knows views only.',
      severity: 'error',
      from: { path: '^dashboard/' },
      to: { path: '^src/', pathNot: '^src/api/contract/' },
    },
    ring(
      'public-names-are-pure',
      'What the package exports at its root runs in any JavaScript machine.',
      '^src/index[.]ts$',
      '(research|engine|exchange|pipeline|indicators|numerics|domain)/',
    ),
    {
      name: 'command-line-is-outermost',
      comment: 'Nobody imports the composition root but the Node entry point.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli/|node[.]ts$)' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'machine-at-the-edge',
      comment: 'Only the outer ring touches files, network, processes.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(adapters|api|cli)/|${TEST}` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'pure-needs-no-package',
      comment: 'The core runs on the language alone.',
      severity: 'error',
      from: { path: '^src/(domain|indicators|pipeline|exchange|engine|live|research)/', pathNot: TEST },
      to: { dependencyTypes: PACKAGE },
    },
    {
      name: 'numerics-hides-its-packages',
      comment: 'Only these few, behind names of our own.',
      severity: 'error',
      from: { path: '^src/numerics/', pathNot: TEST },
      to: { dependencyTypes: PACKAGE, pathNot: 'node_modules/(ml-matrix|quadprog|pure-rand)/' },
    },
    {
      name: 'product-runs-without-tools',
      comment: 'Development packages are not installed where the product runs.',
      severity: 'error',
      from: { path: '^src/', pathNot: TEST },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'product-knows-no-test',
      comment: 'Tests import the product, never the other way round.',
      severity: 'error',
      from: { path: '^src/', pathNot: TEST },
      to: { path: `${TEST}|^(test|bench|examples)/` },
    },
    {
      name: 'no-orphans',
      comment: 'A module that imports nothing and is imported by nobody is not part of the product.',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: `${TEST}|^src/(index|node|cli/main)[.]ts$` },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true, // count type imports: a type cycle is still a cycle
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
}
