import type { Clock } from '#common/domain/clock.ts'

/** How soon a socket that looks open but carries nothing is given up: at most `pingMs + answerMs` after its last sign of life. */
export type LivenessLimits = {
  pingMs: number
  answerMs: number
  /** The answer is awaited for so long after the device woke or the network came back. */
  probeMs: number
}
const livenessLimits: LivenessLimits = { pingMs: 15_000, answerMs: 10_000, probeMs: 4_000 }

export type Liveness = {
  /** Anything at all came from the server. */
  received(): void
  /** Asks at once and gives up soon. */
  probe(): void
  stop(): void
}

/**
 * Watches one open socket. A browser's WebSocket neither pings nor tells that its peer vanished, so PING frames ask.
 * `dead` is called once at most.
 */
export function watchLiveness(
  clock: Clock,
  actions: { ping(): void; dead(): void },
  limits: LivenessLimits = livenessLimits,
): Liveness {
  let stopped = false
  let cancelPing: () => void = () => {}
  let cancelDeadline: (() => void) | null = null
  let plannedAt = 0

  function plan(): void {
    plannedAt = clock.nowMs() + limits.pingMs
    cancelPing = clock.after(limits.pingMs, () => {
      // A timer this late means that the device slept; whatever was open before is suspect.
      const slept = clock.nowMs() - plannedAt > limits.pingMs
      ask(slept ? limits.probeMs : limits.answerMs)
      plan()
    })
  }

  function ask(withinMs: number): void {
    actions.ping()
    cancelDeadline?.()
    cancelDeadline = clock.after(withinMs, () => {
      stop()
      actions.dead()
    })
  }

  function stop(): void {
    stopped = true
    cancelPing()
    cancelDeadline?.()
  }

  plan()
  return {
    received() {
      cancelDeadline?.()
      cancelDeadline = null
    },
    probe() {
      if (!stopped) ask(limits.probeMs)
    },
    stop,
  }
}
