import type { Account } from '#common/domain/user.ts'
import type { SessionResponse } from '#common/protocol/http-api.ts'
import type { ClientPorts } from '../client-core.ts'
import type { Authorization } from '../sync/socket-attempt.ts'
import { isReachable, requestRefresh } from './session-requests.ts'

type TokenPorts = Pick<ClientPorts, 'clock' | 'http' | 'device' | 'credentials'>

export type TokenOptions = {
  server: string
  login: string
  /** Keep the refresh token for the next start of the app. */
  remember: boolean
  /** From the last start of the app; null when only signing in can help. */
  refreshToken: string | null
  /** The server says who this is, each time anew: rights may have changed. */
  account(account: Account): void
  /** A new token in the middle of a connection. */
  renewed(token: string): void
  /** Only signing in again can help. Called once until the next {@link AccessTokens.adopt}. */
  ended(): void
}

/** A token is renewed when this share of its life is left. */
const renewalShare = 0.25
const renewalRetryMs = 15_000

/** The tokens of one session: access tokens are renewed before they expire, and once after the server refused one. */
export class AccessTokens {
  private readonly ports: TokenPorts
  private readonly options: TokenOptions
  private access: { token: string; freshUntil: number } | null = null
  private refreshToken: string | null
  private remember: boolean
  private refreshing: Promise<Authorization> | null = null
  private rejections = 0
  private isStopped = false
  private hasEnded = false
  private cancelRenewal: () => void = () => {}

  constructor(ports: TokenPorts, options: TokenOptions) {
    this.ports = ports
    this.options = options
    this.refreshToken = options.refreshToken
    this.remember = options.remember
  }

  async authorize(): Promise<Authorization> {
    if (this.isStopped) return { ok: false, reason: 'ended' }
    const { access } = this
    if (access && this.ports.clock.nowMs() < access.freshUntil) return { ok: true, token: access.token }
    return this.refresh()
  }

  /** After a sign-in. Durable when resolved, as far as this computer keeps tokens. */
  async adopt(session: SessionResponse, remember: boolean): Promise<void> {
    this.remember = remember
    this.rejections = 0
    await this.use(session)
  }

  /** The server did not take the token (4401). */
  rejected(): void {
    this.access = null
    this.rejections++
    // A fresh token was refused as well: trying on would never end.
    if (this.rejections > 1) this.end()
  }

  /** A request with this token was answered 401: the next one gets another. Several may say so of the same token. */
  stale(token: string): void {
    if (this.access?.token === token) this.access = null
  }

  /** The server took it. */
  accepted(): void {
    this.rejections = 0
  }

  current(): string | null {
    return this.access?.token ?? null
  }

  stop(): void {
    this.isStopped = true
    this.cancelRenewal()
  }

  private async use(session: SessionResponse): Promise<void> {
    const { clock } = this.ports
    const lifeMs = session.expiresIn * 1000 * (1 - renewalShare)
    this.access = { token: session.accessToken, freshUntil: clock.nowMs() + lifeMs }
    this.refreshToken = session.refreshToken
    this.hasEnded = false
    this.renewAfter(lifeMs)
    // Stored before it is used for anything: the former one is worth nothing from now on.
    if (this.remember) await this.keep(session.refreshToken)
  }

  /** A keyring that refuses costs a sign-in at the next start of the app, not this session. */
  private async keep(refreshToken: string): Promise<void> {
    const { server, login } = this.options
    await this.ports.credentials.store({ server, login, refreshToken }).catch(() => {})
  }

  private renewAfter(delayMs: number): void {
    this.cancelRenewal()
    this.cancelRenewal = this.ports.clock.after(delayMs, () => void this.renew())
  }

  private async renew(): Promise<void> {
    const authorization = await this.refresh()
    if (this.isStopped) return
    if (authorization.ok) this.options.renewed(authorization.token)
    else if (authorization.reason === 'unreachable') this.renewAfter(renewalRetryMs)
  }

  private refresh(): Promise<Authorization> {
    this.refreshing ??= this.requestToken().finally(() => (this.refreshing = null))
    return this.refreshing
  }

  private async requestToken(): Promise<Authorization> {
    const used = this.refreshToken
    if (used === null) {
      if (!(await isReachable(this.ports, this.options.server))) return { ok: false, reason: 'unreachable' }
      // A sign-in may have come in between.
      return this.refreshToken === null ? this.end() : this.requestToken()
    }
    const answer = await requestRefresh(this.ports, this.options.server, used)
    if (this.isStopped) return { ok: false, reason: 'ended' }
    if (used !== this.refreshToken && this.access) return { ok: true, token: this.access.token }
    if (!answer.ok) return answer.reason === 'ended' ? this.end() : { ok: false, reason: 'unreachable' }
    await this.use(answer.value)
    this.options.account(answer.value.user)
    return { ok: true, token: answer.value.accessToken }
  }

  private end(): Authorization {
    this.access = null
    this.refreshToken = null
    if (!this.hasEnded && !this.isStopped) {
      this.hasEnded = true
      this.options.ended()
    }
    return { ok: false, reason: 'ended' }
  }
}
