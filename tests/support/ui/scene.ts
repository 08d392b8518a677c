import type { Settings } from '#common/ipc.ts'
import type { FakeData } from './fake-data.ts'
import type { WorldOptions } from './world.ts'

/** A state of the screens that screenshots and accessibility checks look at. */
export type Scene = {
  path: string
  world?: Partial<WorldOptions>
  settings?: Partial<Settings>
  /** Puts the world into the state that is to be seen. */
  prepare?(data: FakeData): void
}
