import type { Account } from '#common/domain/user.ts'
import { signInRequestSchema, refreshRequestSchema, type SessionResponse } from '#common/protocol/http-api.ts'
import { refusal, type RefusalCode } from '#common/protocol/refusals.ts'
import type { HttpAnswer } from '#renderer/data/client-core.ts'
import type { ServerCore, VerifiedToken } from '#server/server-core.ts'

const accessLifeMs = 600_000
/** A refresh token used a second time within this span is taken for a lost answer, later for theft. */
const graceMs = 10_000

type Session = {
  userId: string
  deviceId: string
  refresh: string
  earlier: string | null
  turnedAtMs: number
  ended: boolean
}

export type HttpRequest = { method: string; url: string; token?: string | undefined; body?: unknown }

/**
 * Sessions without cryptography: the rules of H2 with tokens that are plain text. Its memory is durable, as the product's
 * session table is; what is tested here is how the two cores live with expiry, rotation and revocation.
 */
export class Identity {
  private readonly sessions = new Map<string, Session>()
  /** Stands in for the signature: what was not issued is forged. */
  private readonly issued = new Set<string>()
  private counter = 0

  /** What `verifyToken` of the server core answers. */
  verify(accessToken: string, nowMs: number): VerifiedToken | undefined {
    const [kind, sessionId, expires] = accessToken.split('~')
    const session = sessionId === undefined ? undefined : this.sessions.get(sessionId)
    const expiresAt = Number(expires)
    if (!this.issued.has(accessToken)) return undefined
    if (kind !== 'access' || !session || session.ended || sessionId === undefined || !(expiresAt > nowMs))
      return undefined
    return { userId: session.userId, sessionId, expiresAt }
  }

  /** A valid access token without the way over HTTP. */
  issue(userId: string, deviceId: string, nowMs: number): string {
    return this.open(userId, deviceId, nowMs).accessToken
  }

  sessionsOf(userId: string): string[] {
    return [...this.sessions].filter(([, { userId: id, ended }]) => id === userId && !ended).map(([id]) => id)
  }

  end(sessionId: string): void {
    const session = this.sessions.get(sessionId)
    if (session) session.ended = true
  }

  answer(request: HttpRequest, core: ServerCore, nowMs: number): HttpAnswer {
    const path = new URL(request.url).pathname
    if (request.method === 'POST' && path === '/api/session') return this.signIn(request.body, core, nowMs)
    if (request.method === 'POST' && path === '/api/session/refresh') return this.refresh(request.body, core, nowMs)
    const token = this.verify(request.token ?? '', nowMs)
    if (token === undefined) return refuse(401, 'E_TOKEN')
    if (request.method === 'DELETE' && path === '/api/session') {
      this.end(token.sessionId)
      core.endSession(token.sessionId)
      return { status: 204, body: null }
    }
    if (request.method === 'GET' && path === '/api/me') return { status: 200, body: core.account(token.userId) }
    return refuse(404, 'E_NOT_FOUND')
  }

  private signIn(body: unknown, core: ServerCore, nowMs: number): HttpAnswer {
    const parsed = signInRequestSchema.safeParse(body)
    if (!parsed.success) return refuse(422, 'E_COMMAND_INVALID')
    const user = core.findUser(parsed.data.login)
    const account = user && core.account(user.id)
    if (!account) return refuse(401, 'E_CREDENTIALS')
    return respond(this.open(account.id, parsed.data.device.id, nowMs), account)
  }

  private refresh(body: unknown, core: ServerCore, nowMs: number): HttpAnswer {
    const parsed = refreshRequestSchema.safeParse(body)
    const given = parsed.success ? parsed.data.refreshToken : ''
    const sessionId = given.split('~')[1] ?? ''
    const session = this.sessions.get(sessionId)
    const account = session && core.account(session.userId)
    if (!session || session.ended || !account) return refuse(401, 'E_TOKEN')
    const isRepeat = given === session.earlier && nowMs - session.turnedAtMs <= graceMs
    if (given !== session.refresh && !isRepeat) {
      session.ended = true
      core.endSession(sessionId)
      return refuse(401, 'E_TOKEN')
    }
    if (!isRepeat) {
      session.earlier = session.refresh
      session.turnedAtMs = nowMs
      session.refresh = this.token('refresh', sessionId)
    }
    return respond({ accessToken: this.access(sessionId, nowMs), refreshToken: session.refresh }, account)
  }

  private open(userId: string, deviceId: string, nowMs: number): { accessToken: string; refreshToken: string } {
    const sessionId = `s${++this.counter}`
    const refresh = this.token('refresh', sessionId)
    this.sessions.set(sessionId, { userId, deviceId, refresh, earlier: null, turnedAtMs: nowMs, ended: false })
    return { accessToken: this.access(sessionId, nowMs), refreshToken: refresh }
  }

  private access(sessionId: string, nowMs: number): string {
    const token = `access~${sessionId}~${nowMs + accessLifeMs}~${++this.counter}`
    this.issued.add(token)
    return token
  }

  private token(kind: string, sessionId: string): string {
    return `${kind}~${sessionId}~${++this.counter}`
  }
}

function respond(tokens: { accessToken: string; refreshToken: string }, user: Account): HttpAnswer {
  const body: SessionResponse = { ...tokens, expiresIn: accessLifeMs / 1000, user }
  return { status: 200, body }
}

function refuse(status: number, code: RefusalCode): HttpAnswer {
  return { status, body: { ...refusal(code), requestId: 'simulation' } }
}
