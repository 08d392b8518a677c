import type { redeemRequestSchema } from '#common/protocol/http-api.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import type { User } from '#common/domain/user.ts'
import type * as z from 'zod/mini'
import { auditLine } from './audit-line.ts'
import type { Invitations } from './invitations.ts'
import type { SessionTokens } from './sessions.ts'
import type { SignInOptions, SignInRefusal } from './sign-in.ts'

export type RedeemOptions = Omit<SignInOptions, 'findUser'> & {
  invitations: Invitations
  nowMs(): number
  userOf(userId: string): User | undefined
  /** Whether somebody may still manage a user whom they invited (R23). */
  mayInvite(byId: string, user: User): boolean
}

/** Tokens have no login to count failures under; no login begins with this sign. */
const limitKey = '#invitation'

/**
 * Sets the password that comes with an invitation, ends all earlier sessions of its user and signs in, in one transaction.
 * An unknown, used, voided and expired invitation, one of an account that is switched off and one whose maker could not make
 * it any more (R23: the account may have become mightier since) are answered alike and after the same time. Rejects with TooManyHashes, and with StoreUnavailable: the invitation is good then as before.
 */
export async function redeemInvitation(
  { credentials, sessions, invitations, hasher, limit, nowMs, userOf, mayInvite }: RedeemOptions,
  { token, password, device }: z.infer<typeof redeemRequestSchema>,
  address: string,
): Promise<Result<SessionTokens & { user: User }, SignInRefusal>> {
  const attempt = limit.begin(limitKey, address)
  if (!attempt.ok) return fail({ code: 'too-many', retryAfterMs: attempt.retryAfterMs })
  const hash = await hasher.hash(password).catch((error: unknown) => {
    attempt.notMade()
    throw error
  })
  const invitation = invitations.take(token)
  if (!invitation) return fail({ code: 'wrong' })
  const user = userOf(invitation.userId)
  if (!user?.active || user.integration || !mayInvite(invitation.byId, user)) {
    invitation.putBack()
    return fail({ code: 'wrong' })
  }
  attempt.succeeded()
  const credential = credentials.replace(user.id, hash)
  const line = auditLine(nowMs(), user, 'invitation.redeem', { type: 'user', id: user.id, name: user.name })
  try {
    const alongside = { records: [credential.record, invitation.record], audit: [line] }
    return succeed({ ...(await sessions.startAfresh(user.id, device, alongside)), user })
  } catch (error) {
    credential.putBack()
    invitation.putBack()
    throw error
  }
}
