import type { Value } from '../value.ts'
import type { StoredDirectory } from '../store/ports.ts'
import type { ProjectionReads } from '../store/projection-reads.ts'

/** Roles and settings of the directory, read once somebody wants them. undefined: not read yet; null: there is none here. */
export type DirectoryIndex = Value<StoredDirectory | null | undefined> & { dispose(): void }

export function createDirectoryIndex(reads: Pick<ProjectionReads, 'followDirectory'>): DirectoryIndex {
  const listeners = new Set<() => void>()
  let current: StoredDirectory | null | undefined
  let stop: (() => void) | null = null

  return {
    get: () => current,
    subscribe(listener) {
      const own = (): void => listener()
      listeners.add(own)
      stop ??= reads.followDirectory((directory) => {
        current = directory
        for (const told of listeners) told()
      })
      return () => void listeners.delete(own)
    },
    dispose() {
      stop?.()
      listeners.clear()
    },
  }
}
