import { canAdminister, canManageUser } from '#common/domain/permissions.ts'
import {
  invitationRequestSchema,
  invitationResponseSchema,
  redeemRequestSchema,
  sessionResponseSchema,
  userSessionsResponseSchema,
} from '#common/protocol/http-api.ts'
import type { User } from '#common/domain/user.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import type { Invitations } from '../auth/invitations.ts'
import { redeemInvitation, type RedeemOptions } from '../auth/redeem-invitation.ts'
import type { Sessions } from '../auth/sessions.ts'
import type { ServerCore, VerifiedToken } from '../server-core.ts'
import { refuse, type ApiReply, type Route } from './http-exchange.ts'
import { answerSignIn } from './session-answer.ts'

export type InvitationRoutesOptions = {
  core: Pick<ServerCore, 'account' | 'directory' | 'viewer'>
  sessions: Sessions
  invitations: Invitations
  redeemOptions: Omit<RedeemOptions, 'invitations' | 'sessions' | 'userOf' | 'mayInvite'>
}

const forbidden = { description: 'The user may not administer users, or not this one (R23).' }
const noUser = { description: 'There is no such user.' }

/** How a user comes to a password, and how an administrator ends what was opened with it. */
export function invitationRoutes(options: InvitationRoutesOptions): Route[] {
  return [inviteRoute(options), redeemRoute(options), ...userSessionRoutes(options)]
}

function inviteRoute({ core, invitations }: InvitationRoutesOptions): Route {
  return {
    method: 'POST',
    path: '/api/invitations',
    access: 'token',
    summary: 'Makes a one-time link for a user to set a password. An earlier one of the same user is void.',
    body: invitationRequestSchema,
    replies: {
      200: { description: 'The token; it is shown this once.', schema: invitationResponseSchema },
      403: { description: `${forbidden.description} A switched-off account and an API key’s can not be invited.` },
      404: noUser,
    },
    handle: async ({ body, token }) => {
      const managed = managedUser(core, token, invitationRequestSchema.parse(body).userId)
      if (!managed.ok) return managed.reason
      const { user, by } = managed.value
      if (!user.active || user.integration) return refuse(403, 'E_FORBIDDEN', { field: 'userId' })
      return { status: 200, body: await invitations.make(user, by) }
    },
  }
}

function redeemRoute({ core, sessions, invitations, redeemOptions }: InvitationRoutesOptions): Route {
  return {
    method: 'POST',
    path: '/api/invitations/redeem',
    access: 'open',
    summary: 'Sets the password of an invitation’s user, ends their other sessions and signs the device in.',
    body: redeemRequestSchema,
    replies: {
      200: { description: 'The session. `expiresIn` is in seconds.', schema: sessionResponseSchema },
      404: {
        description:
          'The invitation is unknown, used, replaced by a newer one, too old, or its maker may not make it any more.',
      },
      429: { description: 'Too many failures; `Retry-After` says when to try again.' },
    },
    handle: async ({ body, address }) => {
      const userOf = (userId: string) => core.directory().users.get(userId)
      const mayInvite = (byId: string, user: User): boolean => {
        const viewer = core.viewer(byId)
        return viewer !== undefined && canManageUser(viewer, core.directory().roles.get(user.roleId))
      }
      const parts = { ...redeemOptions, sessions, invitations, userOf, mayInvite }
      const request = redeemRequestSchema.parse(body)
      return answerSignIn(core, () => redeemInvitation(parts, request, address), refuse(404, 'E_NOT_FOUND'))
    },
  }
}

function userSessionRoutes({ core, sessions }: InvitationRoutesOptions): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/users/:id/sessions',
      access: 'token',
      summary: 'The signed-in devices of a user, the one used last first.',
      replies: {
        200: { description: 'The sessions.', schema: userSessionsResponseSchema },
        403: { description: 'The user may not administer users.' },
        404: noUser,
      },
      handle: async ({ parameters, token }) => {
        const viewer = core.viewer(token.userId)
        if (!viewer || !canAdminister(viewer, 'users')) return refuse(403, 'E_FORBIDDEN')
        const user = core.directory().users.get(parameters.get('id') ?? '')
        return user ? { status: 200, body: { sessions: sessions.listOf(user.id) } } : refuse(404, 'E_NOT_FOUND')
      },
    },
    {
      method: 'DELETE',
      path: '/api/users/:id/sessions',
      access: 'token',
      summary: 'Signs a user out everywhere: tokens are refused, sockets closed with 4403.',
      replies: { 204: { description: 'All sessions are over.' }, 403: forbidden, 404: noUser },
      handle: async ({ parameters, token }) => {
        const managed = managedUser(core, token, parameters.get('id') ?? '')
        if (!managed.ok) return managed.reason
        await sessions.endAllOf(managed.value.user, managed.value.by)
        return { status: 204 }
      },
    },
  ]
}

/** A user whom the owner of the token may manage (R23), or the answer that says why not. */
function managedUser(
  core: InvitationRoutesOptions['core'],
  token: VerifiedToken,
  userId: string,
): Result<{ user: User; by: User }, ApiReply> {
  const { users, roles } = core.directory()
  const viewer = core.viewer(token.userId)
  const by = users.get(token.userId)
  if (!viewer || !by || !canAdminister(viewer, 'users')) return fail(refuse(403, 'E_FORBIDDEN'))
  const user = users.get(userId)
  if (!user) return fail(refuse(404, 'E_NOT_FOUND', { field: 'userId' }))
  if (!canManageUser(viewer, roles.get(user.roleId))) return fail(refuse(403, 'E_FORBIDDEN', { field: 'userId' }))
  return succeed({ user, by })
}
