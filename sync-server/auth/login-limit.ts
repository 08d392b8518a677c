import type { Clock } from '#common/domain/clock.ts'

export type LoginLimitOptions = {
  clock: Clock
  /** Failures of one account from one address before its attempts are refused. */
  failures: number
  windowMs: number
}

/** One address may fail with so many accounts: an office behind one address forgets passwords too. */
const addressFactor = 10
/** Above this many remembered keys the ones whose window is over are thrown out. */
const sweepAbove = 10_000

type Attempt = {
  /** The password was right: earlier failures of the account are forgotten. */
  succeeded(): void
  /** The password was not looked at. */
  notMade(): void
}
type Attempts = { count: number; windowEndsAt: number }

/**
 * Counts failures per account and address, and per address. An attempt counts as a failure from its beginning, so that a
 * thousand at once are no way around.
 */
export class LoginLimit {
  private readonly options: LoginLimitOptions
  private readonly attempts = new Map<string, Attempts>()

  constructor(options: LoginLimitOptions) {
    this.options = options
  }

  /** Either the attempt may go on, and is a failure unless it is told otherwise, or the next one has to wait so long. */
  begin(login: string, address: string): ({ ok: true } & Attempt) | { ok: false; retryAfterMs: number } {
    const { clock, failures } = this.options
    const now = clock.nowMs()
    this.sweep(now)
    const ofAddress = this.attemptsOf(address, now)
    if (ofAddress.count >= failures * addressFactor) return { ok: false, retryAfterMs: ofAddress.windowEndsAt - now }
    const accountKey = `${address} ${login.toLowerCase()}`
    const ofAccount = this.attemptsOf(accountKey, now)
    if (ofAccount.count >= failures) return { ok: false, retryAfterMs: ofAccount.windowEndsAt - now }
    ofAddress.count++
    ofAccount.count++
    return {
      ok: true,
      succeeded: () => {
        ofAddress.count--
        this.attempts.delete(accountKey)
      },
      notMade: () => {
        ofAddress.count--
        ofAccount.count--
      },
    }
  }

  private attemptsOf(key: string, now: number): Attempts {
    const known = this.attempts.get(key)
    if (known && known.windowEndsAt > now) return known
    const fresh = { count: 0, windowEndsAt: now + this.options.windowMs }
    this.attempts.set(key, fresh)
    return fresh
  }

  private sweep(now: number): void {
    if (this.attempts.size < sweepAbove) return
    for (const [key, { windowEndsAt }] of this.attempts) if (windowEndsAt <= now) this.attempts.delete(key)
  }
}
