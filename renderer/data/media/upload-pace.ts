/** The pace is that of so many last milliseconds. */
const windowMs = 10_000
/** Before so much time has passed nothing can be said. */
const shortestMs = 1_500

/** How fast bytes have been going out lately. */
export type UploadPace = {
  sent(bytes: number): void
  /** Bytes per ms; null while it can't be told. */
  perMs(): number | null
  /** Nothing moves: what was measured is of another time. */
  reset(): void
}

export function createUploadPace(nowMs: () => number): UploadPace {
  let total = 0
  let samples: { at: number; total: number }[] = []
  return {
    sent(bytes) {
      const at = nowMs()
      if (samples.length === 0) samples.push({ at, total })
      total += bytes
      samples.push({ at, total })
      // One sample older than the window stays: the pace is measured from it.
      const firstInside = samples.findIndex((sample) => sample.at >= at - windowMs)
      if (firstInside > 1) samples = samples.slice(firstInside - 1)
    },
    perMs() {
      const [first] = samples
      if (first === undefined) return null
      const passedMs = nowMs() - first.at
      const bytes = total - first.total
      return passedMs < shortestMs || bytes <= 0 ? null : bytes / passedMs
    },
    reset() {
      samples = []
    },
  }
}
