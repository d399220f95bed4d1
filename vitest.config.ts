import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'threads',
    isolate: false,
    // A long profile of properties may take its time; nothing here asserts how long anything takes.
    testTimeout: process.env['POLYFOLIO_PROFILE'] === 'nightly' ? 7_200_000 : 120_000,
  },
})
