import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import * as z from 'zod/mini'
import type { Clock } from '#common/domain/clock.ts'
import type { User } from '#common/domain/user.ts'
import { apiKeySchema, type ApiKey } from '#common/protocol/http-api.ts'
import type { ServerCore, VerifiedToken } from '../server-core.ts'
import type { LogStore } from '../storage/log-store.ts'
import { auditLine } from './audit-line.ts'

/** Of the secret only its hash: 256 random bits need no slow one. */
const keySchema = z.object({ ...apiKeySchema.shape, secretHash: z.string() })
type KeyRecord = z.infer<typeof keySchema>
const recordKind = 'api-key'

const bearer = /^naryad_([0-9a-f]{16})_([\w-]{43})$/
const idBytes = 8
const secretBytes = 32
/** `lastUsedAt` tells of forgotten keys; to write it at each use would cost a disk access a request. */
const lastUseKeptMs = 600_000

export type ApiKeysOptions = {
  store: LogStore
  clock: Clock
  core: Pick<ServerCore, 'directory' | 'viewer' | 'writeDirectory'>
}

/** Keys of other systems. Each is an account of its own that has a role and can do nothing but use the HTTP interface. */
export class ApiKeys {
  private readonly options: ApiKeysOptions
  private readonly keys: Map<string, KeyRecord>
  private readonly lastUseWrittenAt = new Map<string, number>()

  static async open(options: ApiKeysOptions): Promise<ApiKeys> {
    const keys = new Map<string, KeyRecord>()
    for (const [id, value] of await options.store.records(recordKind)) {
      const parsed = keySchema.safeParse(value)
      if (parsed.success) keys.set(id, parsed.data)
    }
    return new ApiKeys(options, keys)
  }

  private constructor(options: ApiKeysOptions, keys: Map<string, KeyRecord>) {
    this.options = options
    this.keys = keys
  }

  /** Name and role as the account has them now; newest first. */
  list(): ApiKey[] {
    return [...this.keys.values()].map((key) => this.shown(key)).sort((a, b) => b.createdAt - a.createdAt)
  }

  find(id: string): ApiKey | undefined {
    const key = this.keys.get(id)
    return key && this.shown(key)
  }

  /** `key` is in nobody's memory after this answer. Rejects with StoreUnavailable. */
  async create(name: string, roleId: string, by: User): Promise<{ key: string; apiKey: ApiKey }> {
    const { clock, core } = this.options
    const id = randomBytes(idBytes).toString('hex')
    const secret = randomBytes(secretBytes).toString('base64url')
    const userId = `key-${id}`
    const now = clock.nowMs()
    const apiKey: ApiKey = { id, userId, name, roleId, createdAt: now, createdById: by.id, lastUsedAt: null }
    const record: KeyRecord = { ...apiKey, secretHash: hashOf(secret).toString('hex') }
    const account: User = { id: userId, login: userId, name, kind: 'employee', roleId, active: true, integration: true }
    const line = auditLine(now, by, 'api-key.create', { type: 'api-key', id, name }, [
      { field: 'roleId', from: null, to: roleId },
    ])
    const records = [{ kind: recordKind, key: id, value: record }]
    await core.writeDirectory({ users: [account] }, { records, audit: [line] })
    this.keys.set(id, record)
    return { key: `naryad_${id}_${secret}`, apiKey }
  }

  /** The key is refused from this moment on; rejects with StoreUnavailable, and is good again then. */
  async revoke(id: string, by: User): Promise<void> {
    const key = this.keys.get(id)
    if (!key) return
    const { clock, core } = this.options
    const account = core.directory().users.get(key.userId)
    const { name } = this.shown(key)
    const line = auditLine(clock.nowMs(), by, 'api-key.revoke', { type: 'api-key', id, name })
    this.keys.delete(id)
    try {
      await core.writeDirectory(
        { users: account ? [{ ...account, active: false }] : [] },
        { records: [{ kind: recordKind, key: id, value: null }], audit: [line] },
      )
    } catch (error) {
      this.keys.set(id, key)
      throw error
    }
  }

  /** Undefined when the text is no key, was revoked, or its account is switched off. */
  verify(text: string): VerifiedToken | undefined {
    const [, id = '', secret = ''] = bearer.exec(text) ?? []
    const key = this.keys.get(id)
    if (!key || !timingSafeEqual(hashOf(secret), Buffer.from(key.secretHash, 'hex'))) return undefined
    if (!this.options.core.viewer(key.userId)) return undefined
    this.noteUse(key)
    return { userId: key.userId, sessionId: '', expiresAt: Number.MAX_SAFE_INTEGER }
  }

  private noteUse(key: KeyRecord): void {
    const { clock, store } = this.options
    const now = clock.nowMs()
    key.lastUsedAt = now
    if (now - (this.lastUseWrittenAt.get(key.id) ?? -Infinity) < lastUseKeptMs) return
    this.lastUseWrittenAt.set(key.id, now)
    const records = [{ kind: recordKind, key: key.id, value: { ...key } }]
    // A disk that takes nothing now says so to everybody's work; this line can come with a later use.
    store.commit([{ appends: [], records, visibility: [] }]).catch(() => this.lastUseWrittenAt.delete(key.id))
  }

  private shown({ secretHash: _, ...key }: KeyRecord): ApiKey {
    const account = this.options.core.directory().users.get(key.userId)
    return account ? { ...key, name: account.name, roleId: account.roleId } : key
  }
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
