import { availableParallelism } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { defineConfig } from 'vitest/config'
import { limitCompiler } from './src/cli/compiler.ts'
import { LongestFirst } from './test/order.ts'

limitCompiler()
setFlagsFromString('--interrupt-budget=1000000') // most of what runs here is over before compiling pays

// A long profile of properties may take its time; nothing here asserts how long anything takes.
const LIMIT_MS = process.env['POLYFOLIO_PROFILE'] === 'nightly' ? 7_200_000 : 120_000

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'dashboard/src/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'threads',
    sequence: { sequencer: LongestFirst },
    isolate: false,
    server: { deps: { external: [/\/dist\/tests\//] } }, // built once: taken as it is
    maxWorkers: availableParallelism(), // one would be left idle otherwise: half of a machine of two
    testTimeout: LIMIT_MS,
    hookTimeout: LIMIT_MS, // hooks start whole runs, too
  },
})
