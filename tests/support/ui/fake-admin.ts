import { fail, succeed } from '#common/domain/result.ts'
import { refusal } from '#common/protocol/refusals.ts'
import type { Actions, DirectorySnapshot, Online, PendingChange, Written } from '#renderer/data/api.ts'
import type { FakeAdmin } from './admin-world.ts'
import type { World } from './world.ts'

type AdminActions = Pick<
  Actions,
  | 'updateOrganisation'
  | 'createRole'
  | 'updateRole'
  | 'deleteRole'
  | 'createUser'
  | 'updateUser'
  | 'invite'
  | 'redeemInvitation'
  | 'sessionsOf'
  | 'revokeSessions'
  | 'listApiKeys'
  | 'createApiKey'
  | 'revokeApiKey'
  | 'readAudit'
  | 'exportAudit'
>
type Writing = {
  write(alter: (world: World, id: string) => void): Promise<Written>
  change(alter: (world: World) => void): void
}

const auditPage = 25

export function directoryOf({ admin, organisation }: World): DirectorySnapshot {
  return {
    users: admin.users,
    roles: admin.roles.map((role) => ({
      ...role,
      members: admin.users.filter((user) => user.roleId === role.id).length,
    })),
    organisation: { ...organisation, pending: admin.organisationPending },
    ready: true,
  }
}

/** A command that was discarded or taken back waits nowhere any more. */
export function dropPending(admin: FakeAdmin, id: string): void {
  const rest = (pending: PendingChange[]) => pending.filter((change) => change.id !== id)
  admin.users = admin.users.map((user) => ({ ...user, pending: rest(user.pending) }))
  admin.roles = admin.roles.map((role) => ({ ...role, pending: rest(role.pending) }))
  admin.organisationPending = rest(admin.organisationPending)
}

/** What is written is on the server at once while the world is online, and waits otherwise. */
export function createAdminActions(world: World, { write, change }: Writing): AdminActions {
  const online = () => world.connection.state === 'online'
  const waiting = (id: string): PendingChange[] => (online() ? [] : [{ id, state: 'queued', refusal: null }])
  const ask = async <Value>(answer: () => Value): Online<Value> =>
    online() ? succeed(answer()) : fail({ kind: 'offline' })
  const given = <Values extends object>(values: Values) =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
      [Name in keyof Values]: Exclude<Values[Name], undefined>
    }
  return {
    updateOrganisation: (values) =>
      write((now, id) => {
        now.organisation = { ...now.organisation, ...given(values) }
        now.admin.organisationPending = [...now.admin.organisationPending, ...waiting(id)]
      }),
    createRole: (values) =>
      write((now, id) => (now.admin.roles = [...now.admin.roles, { id, ...values, pending: waiting(id) }])),
    updateRole: ({ roleId, ...values }) =>
      write((now, id) => {
        now.admin.roles = now.admin.roles.map((role) =>
          role.id === roleId ? { ...role, ...given(values), pending: [...role.pending, ...waiting(id)] } : role,
        )
      }),
    deleteRole: ({ roleId }) =>
      write((now) => (now.admin.roles = now.admin.roles.filter((role) => role.id !== roleId))),
    createUser: (values) =>
      write((now, id) => {
        now.admin.users = [...now.admin.users, { ...values, id, active: true, pending: waiting(id) }]
      }),
    updateUser: ({ userId, ...values }) =>
      write((now, id) => {
        now.admin.users = now.admin.users.map((user) =>
          user.id === userId ? { ...user, ...given(values), pending: [...user.pending, ...waiting(id)] } : user,
        )
      }),
    invite: ({ userId }) =>
      ask(() => ({
        link: `https://naryad.example.ru/#invitation=Zx81-${userId}-hVYk2mO9pQ7rTtUuVvWwXx`,
        expiresAt: world.now + 72 * 60 * 60_000,
      })),
    redeemInvitation: async ({ link }) => {
      if (!link.startsWith('http')) return fail({ kind: 'bad-link' })
      if (link.includes('nowhere')) return fail({ kind: 'unreachable' })
      if (world.admin.used.includes(link)) return fail({ kind: 'refused', refusal: refusal('E_CREDENTIALS') })
      change((now) => {
        now.admin.used = [...now.admin.used, link]
        now.session = {
          state: 'signed-in',
          account: now.me,
          organisation: now.organisation,
          server: 'https://naryad.example.ru',
        }
      })
      return succeed(world.me)
    },
    sessionsOf: () => ask(() => world.admin.sessions),
    revokeSessions: () =>
      ask(() => {
        world.admin.sessions = []
        return null
      }),
    listApiKeys: () => ask(() => world.admin.apiKeys),
    createApiKey: (values) =>
      ask(() => {
        const id = `key-${world.admin.apiKeys.length + 1}`
        const apiKey = {
          id,
          userId: id,
          ...values,
          createdAt: world.now,
          createdById: world.me.id,
          lastUsedAt: null,
        }
        world.admin.apiKeys = [apiKey, ...world.admin.apiKeys]
        return { key: `naryad_${id}_VYk2mO9pQ7rTtUuVvWwXx81hZxVYk2mO9pQ7rTtUuV`, apiKey }
      }),
    revokeApiKey: ({ id }) =>
      ask(() => {
        world.admin.apiKeys = world.admin.apiKeys.filter((key) => key.id !== id)
        return null
      }),
    readAudit: ({ from = 0, to = Infinity, byId, subject, cursor }) =>
      ask(() => {
        const found = world.admin.audit
          .filter((entry) => entry.at >= from && entry.at < to)
          .filter((entry) => byId === undefined || entry.byId === byId)
          .filter((entry) => subject === undefined || entry.subject === subject)
          .filter((entry) => cursor === undefined || entry.id < Number(cursor))
        const entries = found.slice(0, auditPage)
        return { entries, cursor: found.length > auditPage ? String(entries.at(-1)?.id) : null }
      }),
    exportAudit: () => ask(() => 'id,at\r\n'),
  }
}
