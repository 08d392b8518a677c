import type { Organisation } from '#common/documents/directory-document.ts'
import type { Role } from '#common/domain/role.ts'
import type { User } from '#common/domain/user.ts'
import type { CommandOf } from '#common/domain/command.ts'
import type { DirectorySnapshot, PendingChange } from '../api.ts'
import type { AccountView } from './account-view.ts'
import { pendingState, type PendingAdministration } from './outbox-overlay.ts'

type Pending = { pending: PendingChange[] }

/** Users, roles and settings as they will be once the server has taken what waits; refused changes are told, not shown. */
export function directorySnapshot(view: AccountView): DirectorySnapshot | undefined {
  const stored = view.directory.get()
  if (stored === undefined || !view.people.isReady()) return undefined
  const isTheirs = view.account.kind === 'employee'
  const changes = view.overlay.get().administration
  const users = isTheirs ? usersWith([...view.people.users().values()], changes) : []
  const roles = rolesWith(isTheirs ? (stored?.roles ?? []) : [], changes)
  return {
    users: users.sort((one, other) => one.name.localeCompare(other.name, 'ru')),
    roles: roles.map((role) => ({ ...role, members: users.filter(({ roleId }) => roleId === role.id).length })),
    organisation: organisationWith(view.standing.get().organisation, changes),
    ready: stored !== null || !isTheirs,
  }
}

function usersWith(stored: readonly User[], changes: readonly PendingAdministration[]): (User & Pending)[] {
  const users = new Map(stored.map((user) => [user.id, { ...user, pending: [] as PendingChange[] }]))
  for (const { row, command } of changes) {
    if (command.type === 'user.create' && !users.has(command.id))
      users.set(command.id, { ...createdUser(command), pending: [changeOf(row)] })
    const user = command.type === 'user.update' ? users.get(command.userId) : undefined
    if (command.type !== 'user.update' || user === undefined) continue
    const { id: _id, type: _type, writtenAt: _writtenAt, userId, ...fields } = command
    users.set(userId, { ...user, ...(waits(row) && given(fields)), pending: [...user.pending, changeOf(row)] })
  }
  return [...users.values()]
}

function createdUser({ id, login, name, kind, roleId, company, position, districts }: CommandOf<'user.create'>): User {
  return { id, login, name, kind, roleId, active: true, company, position, districts }
}

function rolesWith(stored: readonly Role[], changes: readonly PendingAdministration[]): (Role & Pending)[] {
  const roles = new Map(stored.map((role) => [role.id, { ...role, pending: [] as PendingChange[] }]))
  for (const { row, command } of changes) {
    if (command.type === 'role.create' && !roles.has(command.id)) {
      const { id, name, permissions } = command
      roles.set(id, { id, name, permissions, pending: [changeOf(row)] })
    }
    if (command.type !== 'role.update' && command.type !== 'role.delete') continue
    const role = roles.get(command.roleId)
    if (role === undefined) continue
    if (command.type === 'role.delete' && waits(row)) roles.delete(role.id)
    else roles.set(role.id, { ...role, ...changedRole(row, command), pending: [...role.pending, changeOf(row)] })
  }
  return [...roles.values()]
}

function changedRole(
  row: PendingAdministration['row'],
  command: CommandOf<'role.update' | 'role.delete'>,
): Partial<Role> {
  if (command.type === 'role.delete' || !waits(row)) return {}
  const { name, permissions } = command
  return given({ name, permissions })
}

function organisationWith(
  stored: Organisation,
  changes: readonly PendingAdministration[],
): DirectorySnapshot['organisation'] {
  let organisation = { ...stored, pending: [] as PendingChange[] }
  for (const { row, command } of changes) {
    if (command.type !== 'organisation.update') continue
    const { name, splitChats } = command
    const pending = [...organisation.pending, changeOf(row)]
    organisation = { ...organisation, ...(waits(row) && given({ name, splitChats })), pending }
  }
  return organisation
}

function waits({ state }: PendingAdministration['row']): boolean {
  return state === 'queued'
}

function changeOf(row: PendingAdministration['row']): PendingChange {
  return { id: row.id, state: pendingState(row), refusal: row.refusal }
}

/** Without the fields that are not given: they stay as they are. */
function given<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: NonNullable<Fields[Name]>
  }
}
