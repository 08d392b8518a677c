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

/** The tokens of one session: access tokens are renewed before they expire, and once after the server refused one. */
export type AccessTokens = {
  authorize(): Promise<Authorization>
  /** After a sign-in. Durable when resolved, as far as this computer keeps tokens. */
  adopt(session: SessionResponse, remember: boolean): Promise<void>
  /** The server did not take the token (4401). */
  rejected(): void
  /** The server took it. */
  accepted(): void
  current(): string | null
  stop(): void
}

/** A token is renewed when this share of its life is left. */
const renewalShare = 0.25
const renewalRetryMs = 15_000

export function createAccessTokens(ports: TokenPorts, options: TokenOptions): AccessTokens {
  const { clock } = ports
  let access: { token: string; freshUntil: number } | null = null
  let refreshToken = options.refreshToken
  let remember = options.remember
  let refreshing: Promise<Authorization> | null = null
  let rejections = 0
  let stopped = false
  let hasEnded = false
  let cancelRenewal: () => void = () => {}

  async function adopt(session: SessionResponse): Promise<void> {
    const lifeMs = session.expiresIn * 1000 * (1 - renewalShare)
    access = { token: session.accessToken, freshUntil: clock.nowMs() + lifeMs }
    refreshToken = session.refreshToken
    hasEnded = false
    cancelRenewal()
    cancelRenewal = clock.after(lifeMs, () => void renew())
    // Stored before it is used for anything: the former one is worth nothing from now on.
    if (remember) await keep(refreshToken)
  }

  /** A keyring that refuses costs a sign-in at the next start of the app, not this session. */
  async function keep(token: string): Promise<void> {
    const { server, login } = options
    await ports.credentials.store({ server, login, refreshToken: token }).catch(() => {})
  }

  async function renew(): Promise<void> {
    const authorization = await refresh()
    if (stopped) return
    if (authorization.ok) options.renewed(authorization.token)
    else if (authorization.reason === 'unreachable') cancelRenewal = clock.after(renewalRetryMs, () => void renew())
  }

  function refresh(): Promise<Authorization> {
    refreshing ??= requestNewToken().finally(() => (refreshing = null))
    return refreshing
  }

  async function requestNewToken(): Promise<Authorization> {
    if (refreshToken === null) {
      if (!(await isReachable(ports, options.server))) return { ok: false, reason: 'unreachable' }
      // A sign-in may have come in between.
      return refreshToken === null ? end() : requestNewToken()
    }
    const used = refreshToken
    const answer = await requestRefresh(ports, options.server, used)
    if (stopped) return { ok: false, reason: 'ended' }
    if (answer.ok) {
      await adopt(answer.value)
      options.account(answer.value.user)
      return { ok: true, token: answer.value.accessToken }
    }
    if (used !== refreshToken && access) return { ok: true, token: access.token }
    return answer.reason === 'ended' ? end() : { ok: false, reason: 'unreachable' }
  }

  function end(): Authorization {
    access = null
    refreshToken = null
    if (!hasEnded && !stopped) {
      hasEnded = true
      options.ended()
    }
    return { ok: false, reason: 'ended' }
  }

  return {
    async authorize() {
      if (stopped) return { ok: false, reason: 'ended' }
      if (access && clock.nowMs() < access.freshUntil) return { ok: true, token: access.token }
      return refresh()
    },
    async adopt(session, rememberIt) {
      remember = rememberIt
      rejections = 0
      await adopt(session)
    },
    rejected() {
      access = null
      rejections++
      // A fresh token was refused as well: trying on would never end.
      if (rejections > 1) end()
    },
    accepted: () => void (rejections = 0),
    current: () => access?.token ?? null,
    stop() {
      stopped = true
      cancelRenewal()
    },
  }
}
