import { refusal } from '#common/protocol/refusals.ts'
import type { FakeData } from './fake-data.ts'
import type { Scene } from './scene.ts'

const administrator = { userId: 'u-maria', roleId: 'admin' } as const

const offline = ({ world, change }: FakeData) =>
  change((now) => (now.connection = { ...now.connection, state: 'offline', offlineSince: world.now - 600_000 }))

/** States of the administration, and of signing in by invitation. */
export const adminScenes: Record<string, Scene> = {
  'admin-users': { path: '/admin/users', world: administrator },
  // What waits, what was refused, and nobody who fits.
  'admin-users-pending': {
    path: '/admin/users',
    world: administrator,
    prepare: (data) => {
      offline(data)
      data.change(({ admin }) => {
        const wait = (name: string, pending: (typeof admin.users)[number]['pending']) => {
          admin.users = admin.users.map((user) => (user.name === name ? { ...user, pending } : user))
        }
        wait('Антон Белов', [{ id: 'p-1', state: 'queued', refusal: null }])
        wait('Илья Громов', [{ id: 'p-2', state: 'refused', refusal: refusal('E_TAKEN', 'login') }])
        wait('Вера Климова', [{ id: 'p-3', state: 'unsaved', refusal: null }])
      })
    },
  },
  'admin-users-empty': {
    path: '/admin/users',
    world: administrator,
    prepare: ({ change }) => change(({ admin }) => (admin.users = [])),
  },
  'admin-roles': { path: '/admin/roles', world: administrator },
  'admin-roles-pending': {
    path: '/admin/roles',
    world: administrator,
    prepare: ({ change }) =>
      change(({ admin }) => {
        admin.roles = admin.roles.map((role) =>
          role.id === 'engineer'
            ? { ...role, pending: [{ id: 'p-1', state: 'refused', refusal: refusal('E_FORBIDDEN', 'permissions') }] }
            : role.id === 'dispatcher'
              ? { ...role, pending: [{ id: 'p-2', state: 'queued', refusal: null }] }
              : role,
        )
      }),
  },
  'admin-organisation': { path: '/admin/organisation', world: administrator },
  'admin-organisation-split': { path: '/admin/organisation', world: { ...administrator, split: true } },
  'admin-keys': { path: '/admin/api-keys', world: administrator },
  'admin-keys-empty': {
    path: '/admin/api-keys',
    world: administrator,
    prepare: ({ change }) => change(({ admin }) => (admin.apiKeys = [])),
  },
  'admin-keys-offline': { path: '/admin/api-keys', world: administrator, prepare: offline },
  'admin-audit': { path: '/admin/audit', world: administrator },
  'admin-audit-empty': {
    path: '/admin/audit',
    world: administrator,
    prepare: ({ change }) => change(({ admin }) => (admin.audit = [])),
  },
  'admin-audit-offline': { path: '/admin/audit', world: administrator, prepare: offline },
  'admin-forbidden': { path: '/admin/users' },
}
