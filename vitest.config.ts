import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const oneMinute = 60_000

/** Tests of plain code; `contract` and `sync` may also start the built server. */
const inNode = (name: string, globalSetup: string[] = []) => ({
  extends: true as const,
  test: { name, include: [`tests/${name}/**/*.test.{ts,tsx}`], environment: 'node' as const, globalSetup },
})

/** Tests in real windows. */
const onDesktop = (name: string, options: { fileParallelism: boolean }) => ({
  extends: true as const,
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    environment: 'node' as const,
    globalSetup: ['scripts/vitest/server-built.mjs', 'scripts/vitest/desktop.mjs'],
    testTimeout: oneMinute,
    hookTimeout: 2 * oneMinute,
    ...options,
  },
})

export default defineConfig({
  test: {
    projects: [
      inNode('unit'),
      inNode('contract', ['scripts/vitest/server-built.mjs']),
      inNode('sync', ['scripts/vitest/server-built.mjs']),
      onDesktop('screens', { fileParallelism: true }),
      // The windows of one screen share its focus, its pointer and the notifications: the files take turns.
      onDesktop('e2e', { fileParallelism: false }),
    ],
    sequence: { hooks: 'stack' },
    // Vitest would leave one core to itself: on a machine with two, half of it.
    maxWorkers: availableParallelism(),
    restoreMocks: true,
    testTimeout: 15_000,
    hookTimeout: 30_000,
  },
})
