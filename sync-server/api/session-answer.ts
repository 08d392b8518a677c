import type { Result } from '#common/domain/result.ts'
import type { User } from '#common/domain/user.ts'
import { TooManyHashes } from '../auth/passwords.ts'
import type { SessionTokens } from '../auth/sessions.ts'
import type { SignInRefusal } from '../auth/sign-in.ts'
import type { ServerCore } from '../server-core.ts'
import { refuse, tooManyRequests, type ApiReply } from './http-exchange.ts'

const hashQueueRetryMs = 5_000

/** The body of every answer that holds a session. */
export function answerWithSession(
  core: Pick<ServerCore, 'account'>,
  { accessToken, refreshToken, expiresInMs }: SessionTokens,
  userId: string,
): ApiReply {
  const user = core.account(userId)
  if (user === undefined) return refuse(401, 'E_CREDENTIALS')
  return { status: 200, body: { accessToken, expiresIn: Math.floor(expiresInMs / 1000), refreshToken, user } }
}

/** Answers an attempt to sign in, whatever it is made with; `wrong` is the answer when that is of no use. */
export async function answerSignIn(
  core: Pick<ServerCore, 'account'>,
  attempt: () => Promise<Result<SessionTokens & { user: User }, SignInRefusal>>,
  wrong: ApiReply,
): Promise<ApiReply> {
  try {
    const result = await attempt()
    if (result.ok) return answerWithSession(core, result.value, result.value.user.id)
    return result.reason.code === 'wrong' ? wrong : tooManyRequests(result.reason.retryAfterMs)
  } catch (error) {
    if (error instanceof TooManyHashes) return tooManyRequests(hashQueueRetryMs)
    throw error
  }
}
