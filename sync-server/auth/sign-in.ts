import type { SignInRequest } from '#common/protocol/http-api.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import type { User } from '#common/domain/user.ts'
import type { Credentials } from './credentials.ts'
import type { LoginLimit } from './login-limit.ts'
import type { PasswordHasher } from './passwords.ts'
import type { Sessions, SessionTokens } from './sessions.ts'

export type SignInOptions = {
  credentials: Credentials
  sessions: Sessions
  hasher: PasswordHasher
  limit: LoginLimit
  findUser(login: string): User | undefined
}

export type SignInRefusal = { code: 'wrong' } | { code: 'too-many'; retryAfterMs: number }

/**
 * Checks a password and starts a session. An unknown login, a deactivated one and a wrong password are answered alike and
 * take the same time. Rejects with TooManyHashes, and with StoreUnavailable when the session can not be stored.
 */
export async function signIn(
  { credentials, sessions, hasher, limit, findUser }: SignInOptions,
  { login, password, device }: SignInRequest,
  address: string,
): Promise<Result<SessionTokens & { user: User }, SignInRefusal>> {
  const attempt = limit.begin(login, address)
  if (!attempt.ok) return fail({ code: 'too-many', retryAfterMs: attempt.retryAfterMs })
  const user = findUser(login)
  const hash = user && credentials.hashOf(user.id)
  const isRight = await hasher.verify(password, hash).catch((error: unknown) => {
    attempt.notMade()
    throw error
  })
  // Meanwhile the password may have been replaced: the old one opens nothing any more.
  const isOutdated = user !== undefined && credentials.hashOf(user.id) !== hash
  if (!isRight || user === undefined || !user.active || isOutdated) return fail({ code: 'wrong' })
  attempt.succeeded()
  return succeed({ ...(await sessions.start(user.id, device)), user })
}
