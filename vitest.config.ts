import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const oneMinute = 60_000

/** Tests of plain code; `contract` and `sync` may also start the built server. */
const inNode = (name: string, globalSetup: string[] = []) => ({
  extends: true as const,
  test: { name, include: [`tests/${name}/**/*.test.{ts,tsx}`], environment: 'node' as const, globalSetup },
})

export default defineConfig({
  test: {
    projects: [
      inNode('unit'),
      inNode('contract', ['scripts/vitest/server-built.mjs']),
      inNode('sync', ['scripts/vitest/server-built.mjs']),
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          environment: 'node',
          globalSetup: ['scripts/vitest/server-built.mjs', 'scripts/vitest/desktop.mjs'],
          // Real windows, one X display and one notification service: the files take turns.
          fileParallelism: false,
          testTimeout: oneMinute,
          hookTimeout: 2 * oneMinute,
        },
      },
    ],
    sequence: { hooks: 'stack' },
    // Vitest would leave one core to itself: on a machine with two, half of it.
    maxWorkers: availableParallelism(),
    restoreMocks: true,
    testTimeout: 15_000,
    hookTimeout: 30_000,
  },
})
