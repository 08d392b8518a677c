import type { Clock } from '#common/domain/clock.ts'

/** Shortest time between two snapshots of one watch while much arrives. */
const refreshMs = 50
/** A snapshot that is dear to make may take at most this share of the worker's time. */
const largestShare = 0.25

export type Refresher = {
  /** Something changed. `now`: the user did it and looks at it, so the next snapshot does not wait. */
  invalidate(now?: boolean): void
  dispose(): void
}

/**
 * Calls `refresh` after changes: at once when it was quiet, at most every {@link refreshMs} while it is not. `refresh` tells
 * whether there was anything to show; the first snapshot is never kept waiting.
 */
export function createRefresher(clock: Clock, refresh: () => boolean): Refresher {
  let earliest = 0
  let cancel: (() => void) | null = null
  let dueAt = Infinity
  let disposed = false

  function run(): void {
    cancel = null
    dueAt = Infinity
    const startedAt = clock.nowMs()
    if (!refresh()) return
    const endedAt = clock.nowMs()
    earliest = endedAt + Math.max(refreshMs, (endedAt - startedAt) / largestShare)
  }

  return {
    invalidate(now = false) {
      if (disposed) return
      const at = clock.nowMs()
      // Through the clock even when it is due: all changes of this turn make one snapshot.
      const due = now ? at : Math.max(at, earliest)
      if (due >= dueAt) return
      cancel?.()
      dueAt = due
      cancel = clock.after(due - at, run)
    },
    dispose() {
      disposed = true
      cancel?.()
    },
  }
}
