import * as z from 'zod/mini'
import {
  accountSchema,
  refreshRequestSchema,
  sessionResponseSchema,
  signInRequestSchema,
} from '#common/protocol/http-api.ts'
import type { Sessions } from '../auth/sessions.ts'
import { signIn, type SignInOptions } from '../auth/sign-in.ts'
import type { ServerCore } from '../server-core.ts'
import { refuse, type Route } from './http-exchange.ts'
import { answerSignIn, answerWithSession } from './session-answer.ts'

export type SessionRoutesOptions = {
  core: Pick<ServerCore, 'account' | 'findUser'>
  sessions: Sessions
  signInOptions: Omit<SignInOptions, 'findUser' | 'sessions'>
}

export function sessionRoutes({ core, sessions, signInOptions }: SessionRoutesOptions): Route[] {
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
        const options = { ...signInOptions, sessions, findUser: (login: string) => core.findUser(login) }
        const attempt = () => signIn(options, signInRequestSchema.parse(body), address)
        return answerSignIn(core, attempt, refuse(401, 'E_CREDENTIALS'))
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
        const owner = sessions.ownerOf(refreshToken)
        // Not rotated for an account that is switched off: the answer would be lost, and the device with it.
        if (owner === undefined || !core.account(owner)) return refuse(401, 'E_TOKEN')
        const result = await sessions.refresh(refreshToken)
        return result.ok ? answerWithSession(core, result.value, result.value.userId) : refuse(401, 'E_TOKEN')
      },
    },
    {
      method: 'DELETE',
      path: '/api/session',
      access: 'token',
      summary: 'Signs out: ends the session of the access token and closes its sockets.',
      replies: {
        204: { description: 'The session is over.' },
        401: refusedToken,
        403: { description: 'An API key has no session.' },
      },
      handle: async ({ token }) => {
        const hasEnded = await sessions.end(token.sessionId)
        return hasEnded ? { status: 204 } : refuse(403, 'E_FORBIDDEN')
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
