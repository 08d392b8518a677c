import { baseRoles, type Role } from '#common/domain/role.ts'
import type { Account, User } from '#common/domain/user.ts'
import type { ApiKey, AuditEntry, UserSession } from '#common/protocol/http-api.ts'
import type { PendingChange, Person } from '#renderer/data/api.ts'

type Pending = { pending: PendingChange[] }
/** What the administration shows. */
export type FakeAdmin = {
  users: (User & Pending)[]
  roles: (Role & Pending)[]
  organisationPending: PendingChange[]
  sessions: UserSession[]
  apiKeys: ApiKey[]
  audit: AuditEntry[]
  /** Invitations that were redeemed; their links are worth nothing any more. */
  used: string[]
}

const minute = 60_000
const day = 24 * 60 * minute

const details: Record<string, Partial<User>> = {
  'u-maria': { login: 'kovaleva', roleId: 'dispatcher', position: 'Старший диспетчер', districts: ['Север', 'Центр'] },
  'u-ilya': { login: 'gromov', roleId: 'engineer', position: 'Инженер', districts: ['Север'] },
  'u-timur': { login: 'aslanov', roleId: 'engineer', position: 'Инженер', districts: ['Приморский', 'Петроградский'] },
  'u-pavel': { login: 'dorokhov', roleId: 'engineer', position: 'Старший инженер' },
  'u-nina': { login: 'fedorova', roleId: 'dispatcher', position: 'Диспетчер', active: false },
  'u-olga': { login: 'sinitsyna', company: 'ТЦ «Меридиан»' },
  'u-anton': { login: 'belov@progress.example.ru', company: 'Завод «Прогресс»' },
  'u-vera': { login: 'klimova', company: 'Клиника «Нева»' },
}

const customRole: Role = {
  id: 'shift-lead',
  name: 'Старший смены',
  permissions: (baseRoles.find((role) => role.id === 'dispatcher')?.permissions ?? []).filter(
    (permission) => permission !== 'messages.participants.remove',
  ),
}

export function createFakeAdmin(now: number, people: readonly Person[], me: Account): FakeAdmin {
  const users = people.map(({ id, name, kind, active }) => ({
    id,
    name,
    kind,
    active,
    login: id,
    roleId: 'customer',
    ...details[id],
    ...(id === me.id ? { roleId: me.roleId } : {}),
    pending: [],
  }))
  const keyAccount: FakeAdmin['users'][number] = {
    id: 'key-1',
    login: 'key-1',
    name: '1С: Предприятие',
    kind: 'employee',
    roleId: 'dispatcher',
    active: true,
    integration: true,
    pending: [],
  }
  return {
    users: [...users, keyAccount],
    roles: [...baseRoles, customRole].map((role) => ({ ...role, permissions: [...role.permissions], pending: [] })),
    organisationPending: [],
    sessions: [
      { id: 's-1', deviceName: 'Рабочее место, Windows', createdAt: now - 12 * day, refreshedAt: now - 4 * minute },
      { id: 's-2', deviceName: 'Ноутбук, Linux', createdAt: now - 3 * day, refreshedAt: now - day },
    ],
    apiKeys: [
      {
        id: 'key-1',
        userId: 'key-1',
        name: '1С: Предприятие',
        roleId: 'dispatcher',
        createdAt: now - 40 * day,
        createdById: 'u-maria',
        lastUsedAt: now - 3 * minute,
      },
      {
        id: 'key-2',
        userId: 'key-2',
        name: 'Форма на сайте',
        roleId: 'customer',
        createdAt: now - 2 * day,
        createdById: 'u-maria',
        lastUsedAt: null,
      },
    ],
    audit: auditOf(now),
    used: [],
  }
}

const subjects: Omit<AuditEntry, 'id' | 'at' | 'writtenAt' | 'byId' | 'byName'>[] = [
  {
    action: 'role.update',
    subject: 'role',
    subjectId: 'engineer',
    subjectName: 'Сервисный специалист',
    changes: [
      { field: 'messages.participants.add', from: false, to: true },
      { field: 'messages.participants.remove', from: true, to: false },
    ],
  },
  {
    action: 'participants.add',
    subject: 'participants',
    subjectId: 't-20418',
    subjectName: '№ 20418',
    changes: [{ field: 'participants.team', from: null, to: 'u-pavel' }],
  },
  {
    action: 'user.create',
    subject: 'user',
    subjectId: 'u-vera',
    subjectName: 'Вера Климова',
    changes: [
      { field: 'login', from: null, to: 'klimova' },
      { field: 'name', from: null, to: 'Вера Климова' },
      { field: 'kind', from: null, to: 'customer' },
      { field: 'roleId', from: null, to: 'customer' },
      { field: 'active', from: null, to: true },
      { field: 'company', from: null, to: 'Клиника «Нева»' },
    ],
  },
  {
    action: 'ticket.stage',
    subject: 'ticket',
    subjectId: 't-20322',
    subjectName: '№ 20322',
    changes: [
      { field: 'stage', from: 'inProgress', to: 'customerRefused' },
      { field: 'reason', from: null, to: 'Договорились на весну' },
    ],
  },
  {
    action: 'organisation.update',
    subject: 'organisation',
    subjectId: 'organisation',
    subjectName: 'Наряд-Сервис',
    changes: [{ field: 'splitChats', from: false, to: true }],
  },
  {
    action: 'session.start',
    subject: 'session',
    subjectId: 's-1',
    subjectName: 'Рабочее место, Windows',
    changes: [],
  },
]

/** Sixty lines, newest first, one of them written long before the server took it. */
function auditOf(now: number): AuditEntry[] {
  const people = [
    ['u-maria', 'Мария Ковалёва'],
    ['u-nina', 'Нина Фёдорова'],
  ] as const
  return Array.from({ length: 60 }, (_, index): AuditEntry => {
    const at = now - (7 + index * 95) * minute
    const [byId, byName] = people[index % 3 === 1 ? 1 : 0]
    const subject = subjects[index % subjects.length] ?? subjects[0]!
    const ownClock = subject.subject === 'session' ? null : at - (index === 1 ? 43 * minute : 2000)
    const writtenAt = ownClock === null ? null : new Date(ownClock).toISOString()
    return { ...subject, id: 60 - index, at, writtenAt, byId, byName }
  })
}
