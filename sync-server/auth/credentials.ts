import type { UserId } from '#common/domain/ids.ts'
import type { LogStore, RecordWrite } from '../storage/log-store.ts'
import { passwordHashSchema, type PasswordHash } from './passwords.ts'

const recordKind = 'credential'

/** The password hashes of all users, apart from what others may read of them. */
export class Credentials {
  private readonly store: LogStore
  private readonly hashes: Map<UserId, PasswordHash>

  static async open(store: LogStore): Promise<Credentials> {
    const hashes = new Map<UserId, PasswordHash>()
    for (const [userId, value] of await store.records(recordKind)) {
      const parsed = passwordHashSchema.safeParse(value)
      if (parsed.success) hashes.set(userId, parsed.data)
    }
    return new Credentials(store, hashes)
  }

  private constructor(store: LogStore, hashes: Map<UserId, PasswordHash>) {
    this.store = store
    this.hashes = hashes
  }

  hashOf(userId: UserId): PasswordHash | undefined {
    return this.hashes.get(userId)
  }

  /**
   * The new hash counts from this moment on, so that nobody signs in with the old password while the record is being
   * stored; `putBack` when it was not.
   */
  replace(userId: UserId, hash: PasswordHash): { record: RecordWrite; putBack(): void } {
    const earlier = this.hashes.get(userId)
    this.hashes.set(userId, hash)
    return {
      record: { kind: recordKind, key: userId, value: hash },
      putBack: () => {
        if (this.hashes.get(userId) !== hash) return
        if (earlier) this.hashes.set(userId, earlier)
        else this.hashes.delete(userId)
      },
    }
  }

  /** Durable when resolved. */
  async write(hashes: ReadonlyMap<UserId, PasswordHash>): Promise<void> {
    const records = [...hashes].map(([key, value]) => ({ kind: recordKind, key, value }))
    await this.store.commit([{ appends: [], records, visibility: [] }])
    for (const [userId, hash] of hashes) this.hashes.set(userId, hash)
  }
}
