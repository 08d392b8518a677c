import { toHexString } from 'lib0/buffer'
import { digest } from 'lib0/hash/sha256'
import type { UserId } from '#common/domain/ids.ts'

/** Names the databases and the journal of one account of one server: 32 hex digits, safe as a file name. */
export function accountKey(userId: UserId, server: string): string {
  return toHexString(digest(new TextEncoder().encode(`${userId}@${server}`))).slice(0, 32)
}
