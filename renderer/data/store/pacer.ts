import type { Clock } from '#common/domain/clock.ts'

/** Rows written at once; then the writer gives way. */
export const chunkRows = 200
/** Writing waits this long for a reader, then goes on: neither side starves the other. */
const longestPauseMs = 240
/** A reader needs the database this long for itself: RxDB repeats a query during which anything was written. */
const quietMs = 60

/**
 * Keeps writing from starving reading. RxDB runs a query again whenever something was written meanwhile, so under
 * continuous writing a query took 2 s; with pauses it takes 2 to 6 ms.
 */
export type Pacer = {
  /** Runs a query that writers give way to. */
  read<Answer>(query: () => Promise<Answer>): Promise<Answer>
  /** A reader whose end is known elsewhere, such as a live query before its first answer; the returned function ends it. */
  begin(): () => void
  /** Called by a writer between two chunks. */
  giveWay(): Promise<void>
}

export function createPacer(clock: Clock): Pacer {
  let readers = 0
  const waiting = new Set<() => void>()

  function begin(): () => void {
    readers++
    let ended = false
    return () => {
      if (ended) return
      ended = true
      readers--
      if (readers === 0) for (const resume of [...waiting]) resume()
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.after(ms, done)
      waiting.add(done)
      function done(): void {
        cancel()
        waiting.delete(done)
        resolve()
      }
    })
  }

  return {
    begin,
    async read(query) {
      const end = begin()
      try {
        return await query()
      } finally {
        end()
      }
    },
    async giveWay() {
      for (let waited = 0; waited < longestPauseMs; waited += quietMs) {
        if (readers === 0) return
        await pause(quietMs)
      }
    },
  }
}
