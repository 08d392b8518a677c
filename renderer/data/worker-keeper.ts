import type { Clock } from '#common/domain/clock.ts'

/** A worker is asked this often whether it is there. */
const askMs = 10_000
/** So many questions without an answer, and it hangs: a long piece of work takes seconds, not half a minute. */
const mostUnanswered = 3
/** After so many questions a worker counts as steady: the next pause is short again. */
const steadyQuestions = 6
const firstRestartMs = 1_000
const longestRestartMs = 30_000

export type RunningWorker = {
  ask(): void
  /** Called when its code can't be loaded, or when an error reached the worker's top. */
  onLoadError(listener: () => void): void
  end(): void
}

export type WorkerKeeper = {
  start(): void
  answered(): void
  failed(): void
  /** Another worker takes the place of this one at once. */
  restart(): void
  stop(): void
}

/** Keeps one worker running: one that can't start, fails or hangs is replaced, after ever longer pauses. */
export function createWorkerKeeper(clock: Clock, run: () => RunningWorker): WorkerKeeper {
  let worker: RunningWorker | null = null
  let unanswered = 0
  let questions = 0
  /** It has answered: an error that reaches its top later is a defect of one task, not its end. */
  let isUp = false
  let restartMs = firstRestartMs
  let cancel: (() => void) | null = null

  function start(): void {
    isUp = false
    unanswered = 0
    questions = 0
    worker = run()
    worker.onLoadError(() => {
      if (!isUp) replace()
    })
    ask()
  }

  function ask(): void {
    if (unanswered >= mostUnanswered) return replace()
    unanswered++
    if (++questions > steadyQuestions) restartMs = firstRestartMs
    worker?.ask()
    cancel = clock.after(askMs, ask)
  }

  function replace(): void {
    if (worker === null) return
    cancel?.()
    worker.end()
    worker = null
    cancel = clock.after(restartMs, start)
    restartMs = Math.min(restartMs * 2, longestRestartMs)
  }

  return {
    start,
    failed: replace,
    restart() {
      cancel?.()
      worker?.end()
      start()
    },
    answered() {
      unanswered = 0
      isUp = true
    },
    stop() {
      cancel?.()
      worker?.end()
      worker = null
    },
  }
}
