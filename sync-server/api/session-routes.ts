import * as z from 'zod/mini'
import {
  accountSchema,
  refreshRequestSchema,
  sessionResponseSchema,
  signInRequestSchema,
} from '#common/protocol/http-api.ts'
import { TooManyHashes } from '../auth/passwords.ts'
import type { Sessions, SessionTokens } from '../auth/sessions.ts'
import { signIn, type SignInOptions } from '../auth/sign-in.ts'
import type { ServerCore } from '../server-core.ts'
import { refuse, tooManyRequests, type ApiReply, type Route } from './http-exchange.ts'

export type SessionRoutesOptions = {
  core: Pick<ServerCore, 'account' | 'findUser'>
  sessions: Sessions
  signInOptions: Omit<SignInOptions, 'findUser' | 'sessions'>
}

const hashQueueRetryMs = 5_000

export function sessionRoutes({ core, sessions, signInOptions }: SessionRoutesOptions): Route[] {
  const answerWith = (tokens: SessionTokens, userId: string): ApiReply => {
    const user = core.account(userId)
    if (user === undefined) return refuse(401, 'E_CREDENTIALS')
    const { accessToken, refreshToken, expiresInMs } = tokens
    return { status: 200, body: { accessToken, expiresIn: Math.floor(expiresInMs / 1000), refreshToken, user } }
  }
  const refusedToken = { description: 'The token is of no session.' }
  return [
    {
      method: 'POST',
      path: '/api/session',
      access: 'open',
      summary: 'Signs a device in.',
      body: signInRequestSchema,
      replies: {
        200: { description: 'The session. `expiresIn` is in seconds.', schema: sessionResponseSchema },
        401: { description: 'Login or password is wrong.' },
        429: { description: 'Too many failures; `Retry-After` says when to try again.' },
      },
      handle: async ({ body, address }) => {
        const request = signInRequestSchema.parse(body)
        try {
          const options = { ...signInOptions, sessions, findUser: (login: string) => core.findUser(login) }
          const result = await signIn(options, request, address)
          if (result.ok) return answerWith(result.value, result.value.user.id)
          return result.reason.code === 'wrong'
            ? refuse(401, 'E_CREDENTIALS')
            : tooManyRequests(result.reason.retryAfterMs)
        } catch (error) {
          if (error instanceof TooManyHashes) return tooManyRequests(hashQueueRetryMs)
          throw error
        }
      },
    },
    {
      method: 'POST',
      path: '/api/session/refresh',
      access: 'open',
      summary: 'Exchanges a refresh token for the next pair of tokens. One used before ends the session.',
      body: refreshRequestSchema,
      replies: { 200: { description: 'The session.', schema: sessionResponseSchema }, 401: refusedToken },
      handle: async ({ body }) => {
        const { refreshToken } = refreshRequestSchema.parse(body)
        const result = await sessions.refresh(refreshToken)
        return result.ok ? answerWith(result.value, result.value.userId) : refuse(401, 'E_TOKEN')
      },
    },
    {
      method: 'DELETE',
      path: '/api/session',
      access: 'token',
      summary: 'Signs out: ends the session of the access token and closes its sockets.',
      replies: { 204: { description: 'The session is over.' }, 401: refusedToken },
      handle: async ({ token }) => {
        await sessions.end(token.sessionId)
        return { status: 204 }
      },
    },
    {
      method: 'GET',
      path: '/api/me',
      access: 'token',
      summary: 'The signed-in user with the permissions of the role.',
      replies: { 200: { description: 'The account.', schema: z.object(accountSchema.shape) }, 401: refusedToken },
      handle: async ({ token }) => {
        const account = core.account(token.userId)
        return account ? { status: 200, body: account } : refuse(401, 'E_TOKEN')
      },
    },
  ]
}
