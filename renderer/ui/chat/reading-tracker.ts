import type { Seq } from '#common/domain/ids.ts'

/** A message was read when it was before the user this long; ms. */
const readAfterMs = 1000

export type ReadingTracker = {
  setVisible(seq: Seq, visible: boolean): void
  /** To be called a few times a second; the highest seq that is now read for the first time, if any. */
  look(nowMs: number, attentive: boolean): Seq | undefined
}

/** Decides what was read. Time counts only without interruption: in view and the user attentive at every look. */
export function createReadingTracker(): ReadingTracker {
  const since = new Map<Seq, number | null>()
  let highest = 0
  return {
    setVisible(seq, visible) {
      if (!visible) since.delete(seq)
      else if (!since.has(seq)) since.set(seq, null)
    },
    look(nowMs, attentive) {
      let read = highest
      for (const [seq, start] of since) {
        if (!attentive) since.set(seq, null)
        else if (start === null) since.set(seq, nowMs)
        else if (nowMs - start >= readAfterMs) read = Math.max(read, seq)
      }
      if (read === highest) return undefined
      highest = read
      return read
    },
  }
}
