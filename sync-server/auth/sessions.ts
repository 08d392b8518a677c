import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import * as z from 'zod/mini'
import type { Clock } from '#common/domain/clock.ts'
import type { DeviceId, UserId } from '#common/domain/ids.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import type { VerifiedToken } from '../server-core.ts'
import type { User } from '#common/domain/user.ts'
import type { UserSession } from '#common/protocol/http-api.ts'
import type { AuditDraft, Commit, LogStore } from '../storage/log-store.ts'
import type { AccessTokens } from './access-tokens.ts'
import { auditLine } from './audit-line.ts'

/**
 * Sessions: one per sign-in of a device. The refresh token of generation g is a MAC over the session and g, so nothing of
 * it is stored, and one that was rotated away is still told from an invented one: presenting it ends the session, for
 * either its owner or a thief holds a copy.
 */
const sessionSchema = z.object({
  userId: z.string(),
  deviceId: z.string(),
  deviceName: z.string(),
  createdAt: z.number(),
  refreshedAt: z.number(),
  expiresAt: z.number(),
  generation: z.int(),
})
type SessionRecord = z.infer<typeof sessionSchema>
const recordKind = 'session'

type Session = SessionRecord & {
  /** When the tokens of the present generation were first used: from then on the client surely has them. */
  confirmedAt?: number | undefined
  /** End of the last rotation; the next one waits for it. */
  turn: Promise<unknown>
}

export type SessionTokens = { accessToken: string; expiresInMs: number; refreshToken: string }

export type SessionsOptions = {
  store: LogStore
  clock: Clock
  accessTokens: AccessTokens
  /** Signs refresh tokens. */
  key: Uint8Array
  accessTokenMs: number
  /** A device that was away longer signs in again. */
  refreshTokenMs: number
  /** As the audit calls a user. */
  nameOf(userId: UserId): string
}

/** How long after its successor was used a refresh token is answered once more: two windows of one device may race. */
const graceMs = 10_000
const sessionsPerUser = 100
const firstGeneration = 1

export class Sessions {
  private readonly options: SessionsOptions
  private readonly sessions: Map<string, Session>
  private readonly listeners = new Set<(sessionId: string) => void>()

  /** Reads the stored sessions; forgets those that have expired. */
  static async open(options: SessionsOptions): Promise<Sessions> {
    const now = options.clock.nowMs()
    const sessions = new Map<string, Session>()
    const gone: string[] = []
    for (const [id, value] of await options.store.records(recordKind)) {
      const parsed = sessionSchema.safeParse(value)
      if (parsed.success && parsed.data.expiresAt > now) sessions.set(id, { ...parsed.data, turn: Promise.resolve() })
      else gone.push(id)
    }
    if (gone.length > 0) await options.store.commit([commitOf(gone.map((id) => [id, null]))])
    return new Sessions(options, sessions)
  }

  private constructor(options: SessionsOptions, sessions: Map<string, Session>) {
    this.options = options
    this.sessions = sessions
  }

  /** Calls back whenever a session was ended before its time; returns the disposer. */
  onEnded(listener: (sessionId: string) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Rejects with StoreUnavailable when the session can not be stored. */
  async start(userId: UserId, device: { id: DeviceId; name: string }): Promise<SessionTokens> {
    const room = this.makeRoomFor(userId)
    const [id, record] = this.newSession(userId, device)
    // Known before it is stored: whoever ends all sessions of the user meanwhile ends this one too.
    this.sessions.set(id, { ...record, turn: Promise.resolve() })
    try {
      await this.write([...room.gone, [id, record]], [...room.audit, this.lineOf('session.start', id, record)])
    } catch (error) {
      this.sessions.delete(id)
      throw error
    }
    return this.tokensOf(id, record)
  }

  /**
   * Starts a session and ends all others of the user, in one transaction with `alongside`. Rejects with StoreUnavailable;
   * the others go on then.
   */
  async startAfresh(
    userId: UserId,
    device: { id: DeviceId; name: string },
    alongside: Required<Pick<Commit, 'records' | 'audit'>>,
  ): Promise<SessionTokens> {
    const [id, record] = this.newSession(userId, device)
    const others = [...this.sessions].filter(([, session]) => session.userId === userId)
    // Before they are stored as gone: a rotation in between would write one of them back.
    for (const [other] of others) this.sessions.delete(other)
    const gone = others.map(([other]): [string, null] => [other, null])
    const line = this.lineOf('session.start', id, record)
    try {
      await this.write([...gone, [id, record]], [...(alongside.audit ?? []), line], alongside.records)
    } catch (error) {
      for (const [other, session] of others) this.sessions.set(other, session)
      throw error
    }
    this.sessions.set(id, { ...record, turn: Promise.resolve() })
    for (const [other] of others) this.tell(other)
    return this.tokensOf(id, record)
  }

  private newSession(userId: UserId, device: { id: DeviceId; name: string }): [id: string, record: SessionRecord] {
    const now = this.options.clock.nowMs()
    const record = {
      userId,
      deviceId: device.id,
      deviceName: device.name,
      createdAt: now,
      refreshedAt: now,
      expiresAt: now + this.options.refreshTokenMs,
      generation: firstGeneration,
    }
    return [randomBytes(16).toString('base64url'), record]
  }

  /**
   * Gives the next pair of tokens for a refresh token. The one before is answered with the same pair once more as long as
   * nobody used the new one, or for ten seconds: its answer may have been lost. Anything older ends the session.
   * Rejects with StoreUnavailable when the rotation can not be stored; the token stays good then.
   */
  async refresh(refreshToken: string): Promise<Result<SessionTokens & { userId: UserId }, 'unknown' | 'reused'>> {
    const presented = this.readRefreshToken(refreshToken)
    const session = presented && this.sessions.get(presented.sessionId)
    if (presented === undefined || session === undefined) return fail('unknown')
    const turn = session.turn.then(() => this.rotate(presented.sessionId, presented.generation))
    session.turn = Promise.allSettled([turn])
    return turn
  }

  /** Undefined when the token is missing, expired, forged or its session was ended. */
  verify(accessToken: string): VerifiedToken | undefined {
    const claims = this.options.accessTokens.verify(accessToken)
    const session = claims && this.sessions.get(claims.sessionId)
    if (session === undefined || session.userId !== claims?.userId) return undefined
    if (claims.generation === session.generation) session.confirmedAt ??= this.options.clock.nowMs()
    return { userId: claims.userId, sessionId: claims.sessionId, expiresAt: claims.expiresAt }
  }

  /** Whose session a refresh token is of, used up or not. */
  ownerOf(refreshToken: string): UserId | undefined {
    const presented = this.readRefreshToken(refreshToken)
    return presented && this.sessions.get(presented.sessionId)?.userId
  }

  /** The sessions of a user, the one used last first. */
  listOf(userId: UserId): UserSession[] {
    const now = this.options.clock.nowMs()
    return [...this.sessions]
      .filter(([, session]) => session.userId === userId && session.expiresAt > now)
      .map(([id, { deviceName, createdAt, refreshedAt }]) => ({ id, deviceName, createdAt, refreshedAt }))
      .sort((a, b) => b.refreshedAt - a.refreshedAt)
  }

  /**
   * Ends a session at once; its tokens are worth nothing from now on, also if the store is unavailable (then: rejects).
   * False when there is none.
   */
  async end(sessionId: string, action: 'session.end' | 'session.reuse' = 'session.end'): Promise<boolean> {
    const session = this.sessions.get(sessionId)
    if (!session) return false
    this.sessions.delete(sessionId)
    this.tell(sessionId)
    await this.write([[sessionId, null]], [this.lineOf(action, sessionId, session)])
    return true
  }

  /** Ends all sessions of a user as {@link end} does; `by` is who wants it. */
  async endAllOf(user: Pick<User, 'id' | 'name'>, by: Pick<User, 'id' | 'name'>): Promise<void> {
    const ids = [...this.sessions].flatMap(([id, session]) => (session.userId === user.id ? [id] : []))
    for (const id of ids) {
      this.sessions.delete(id)
      this.tell(id)
    }
    const subject = { type: 'user', id: user.id, name: user.name } as const
    const changes = [{ field: 'sessions', from: ids.length, to: 0 }]
    const line = auditLine(this.options.clock.nowMs(), by, 'session.revoke', subject, changes)
    await this.write(
      ids.map((id) => [id, null]),
      [line],
    )
  }

  private async rotate(
    id: string,
    presented: number,
  ): Promise<Result<SessionTokens & { userId: UserId }, 'unknown' | 'reused'>> {
    const session = this.sessions.get(id)
    const now = this.options.clock.nowMs()
    if (session === undefined || session.expiresAt <= now) return fail('unknown')
    if (presented < session.generation) {
      const isLast = presented === session.generation - 1
      const isInGrace = session.confirmedAt === undefined || now - session.confirmedAt <= graceMs
      if (isLast && isInGrace) return succeed({ ...this.tokensOf(id, session), userId: session.userId })
      await this.end(id, 'session.reuse')
      return fail('reused')
    }
    const { turn: _turn, confirmedAt: _confirmedAt, ...record } = session
    // Later than what is stored: a backup was restored, and the device knows more than we do.
    const next = {
      ...record,
      generation: presented + 1,
      refreshedAt: now,
      expiresAt: now + this.options.refreshTokenMs,
    }
    await this.write([[id, next]])
    Object.assign(session, next, { confirmedAt: undefined })
    return succeed({ ...this.tokensOf(id, next), userId: next.userId })
  }

  private async write(
    sessions: readonly [key: string, value: SessionRecord | null][],
    audit: AuditDraft[] = [],
    records: Commit['records'] = [],
  ): Promise<void> {
    const commit = commitOf(sessions)
    await this.options.store.commit([{ ...commit, records: [...commit.records, ...records], audit }])
  }

  private lineOf(action: string, id: string, { userId, deviceName }: SessionRecord): AuditDraft {
    const { clock, nameOf } = this.options
    const subject = { type: 'session', id, name: deviceName } as const
    return auditLine(clock.nowMs(), { id: userId, name: nameOf(userId) }, action, subject)
  }

  private tell(sessionId: string): void {
    for (const listener of this.listeners) listener(sessionId)
  }

  private tokensOf(id: string, { userId, generation }: SessionRecord): SessionTokens {
    const { accessTokens, accessTokenMs, clock } = this.options
    const expiresAt = clock.nowMs() + accessTokenMs
    return {
      accessToken: accessTokens.sign({ userId, sessionId: id, generation, expiresAt }),
      expiresInMs: accessTokenMs,
      refreshToken: `${id}.${generation}.${this.macOf(id, generation).toString('base64url')}`,
    }
  }

  private readRefreshToken(token: string): { sessionId: string; generation: number } | undefined {
    const [sessionId, generationText, mac, ...rest] = token.split('.')
    const generation = Number(generationText)
    if (!sessionId || !Number.isSafeInteger(generation) || mac === undefined || rest.length > 0) return undefined
    const given = Buffer.from(mac, 'base64url')
    const expected = this.macOf(sessionId, generation)
    return given.length === expected.length && timingSafeEqual(given, expected) ? { sessionId, generation } : undefined
  }

  private macOf(sessionId: string, generation: number): Buffer {
    return createHmac('sha256', this.options.key).update(`refresh ${sessionId} ${generation}`).digest()
  }

  /** The one that was not used for longest goes: a script that signs in each time must not fill the disk. */
  private makeRoomFor(userId: UserId): { gone: [id: string, record: null][]; audit: AuditDraft[] } {
    const own = [...this.sessions].filter(([, session]) => session.userId === userId)
    const [oldest] = own.sort(([, a], [, b]) => a.refreshedAt - b.refreshedAt)
    if (own.length < sessionsPerUser || !oldest) return { gone: [], audit: [] }
    const [id, session] = oldest
    this.sessions.delete(id)
    this.tell(id)
    return { gone: [[id, null]], audit: [this.lineOf('session.end', id, session)] }
  }
}

function commitOf(records: readonly [key: string, value: SessionRecord | null][]): Commit {
  return { appends: [], records: records.map(([key, value]) => ({ kind: recordKind, key, value })), visibility: [] }
}
