import { toHexString } from 'lib0/buffer'
import { digest } from 'lib0/hash/sha256'
import type { DeviceId, UserId } from '#common/domain/ids.ts'

/** Names the databases and the journal of one account of one server: 32 hex digits, safe as a file name. */
export function accountKey(userId: UserId, server: string): string {
  return toHexString(digest(new TextEncoder().encode(`${userId}@${server}`))).slice(0, 32)
}

/**
 * The device as one account knows it. An outbox belongs to one person for ever, and people take turns at a computer: each
 * of them has an outbox of their own there.
 */
export function deviceOf(installationId: string, account: string): DeviceId {
  return toHexString(digest(new TextEncoder().encode(`${installationId} ${account}`))).slice(0, 32)
}
