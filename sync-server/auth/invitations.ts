import { createHash, randomBytes } from 'node:crypto'
import * as z from 'zod/mini'
import type { Clock } from '#common/domain/clock.ts'
import type { UserId } from '#common/domain/ids.ts'
import type { User } from '#common/domain/user.ts'
import type { Invitation } from '#common/protocol/http-api.ts'
import type { LogStore, RecordWrite } from '../storage/log-store.ts'
import { auditLine } from './audit-line.ts'

/** One for each user at most; of the token only its hash, so that neither the file nor a backup lets anybody in. `byId` made it. */
const invitationSchema = z.object({ tokenHash: z.string(), expiresAt: z.number(), byId: z.string() })
type InvitationRecord = z.infer<typeof invitationSchema>
const recordKind = 'invitation'
const tokenBytes = 32

export type InvitationsOptions = { store: LogStore; clock: Clock; lifetimeMs: number }

/** What is taken out of use, and how to give it back when the use was not stored. */
export type TakenInvitation = { userId: UserId; byId: UserId; record: RecordWrite; putBack(): void }

/** One-time links by which a user sets a password: valid for a while, once, and only the newest of a user. */
export class Invitations {
  private readonly options: InvitationsOptions
  private readonly invitations: Map<UserId, InvitationRecord>

  static async open(options: InvitationsOptions): Promise<Invitations> {
    const invitations = new Map<UserId, InvitationRecord>()
    for (const [userId, value] of await options.store.records(recordKind)) {
      const parsed = invitationSchema.safeParse(value)
      if (parsed.success) invitations.set(userId, parsed.data)
    }
    return new Invitations(options, invitations)
  }

  private constructor(options: InvitationsOptions, invitations: Map<UserId, InvitationRecord>) {
    this.options = options
    this.invitations = invitations
  }

  /** The user's earlier invitation is worth nothing from now on. Rejects with StoreUnavailable; the earlier one stays then. */
  async make(user: Pick<User, 'id' | 'name'>, by: Pick<User, 'id' | 'name'>): Promise<Invitation> {
    const { clock, lifetimeMs, store } = this.options
    const now = clock.nowMs()
    const token = randomBytes(tokenBytes).toString('base64url')
    const invitation = { tokenHash: hashOf(token), expiresAt: now + lifetimeMs, byId: by.id }
    const earlier = this.invitations.get(user.id)
    this.invitations.set(user.id, invitation)
    try {
      await store.commit([
        {
          appends: [],
          visibility: [],
          records: [{ kind: recordKind, key: user.id, value: invitation }],
          audit: [auditLine(now, by, 'invitation.create', { type: 'user', id: user.id, name: user.name })],
        },
      ])
    } catch (error) {
      if (earlier && this.invitations.get(user.id) === invitation) this.invitations.set(user.id, earlier)
      throw error
    }
    return { token, expiresAt: invitation.expiresAt }
  }

  /** Takes an invitation out of use in this very moment, so that of two who come at once only one gets it. */
  take(token: string): TakenInvitation | undefined {
    const tokenHash = hashOf(token)
    const found = [...this.invitations].find(([, invitation]) => invitation.tokenHash === tokenHash)
    if (!found || found[1].expiresAt <= this.options.clock.nowMs()) return undefined
    const [userId, invitation] = found
    this.invitations.delete(userId)
    return {
      userId,
      byId: invitation.byId,
      record: { kind: recordKind, key: userId, value: null },
      putBack: () => {
        if (!this.invitations.has(userId)) this.invitations.set(userId, invitation)
      },
    }
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
