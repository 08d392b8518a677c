/** Every permission a role can give, in the order of the roles' matrix. Source of the rules: SPEC.md, section «Rights». */
export const permissions = [
  'messages.menu',
  'messages.participants.view',
  'messages.participants.add',
  'messages.participants.remove',
  'messages.team.read',
  'messages.team.write',
  'messages.customer.read',
  'messages.customer.write',
  'messages.all',
  'tickets.view.own',
  'tickets.view.district',
  'tickets.view.all',
  'tickets.create',
  'tickets.edit',
  'tickets.assign',
  'tickets.stage',
  'admin.users',
  'admin.roles',
  'admin.organisation',
  'admin.audit',
] as const
export type Permission = (typeof permissions)[number]

export function isPermission(text: string): text is Permission {
  return (permissions as readonly string[]).includes(text)
}

/** The blocks of the roles' matrix. */
export const permissionBlocks = {
  messages: permissions.filter((permission) => permission.startsWith('messages.')),
  tickets: permissions.filter((permission) => permission.startsWith('tickets.')),
  admin: permissions.filter((permission) => permission.startsWith('admin.')),
} as const

export type Role = { id: string; name: string; permissions: Permission[] }

const teamAndCustomer: Permission[] = [
  'messages.team.read',
  'messages.team.write',
  'messages.customer.read',
  'messages.customer.write',
]

/** The roles every organisation starts with; names are in the organisation's first language. */
export const baseRoles: readonly Role[] = [
  {
    id: 'dispatcher',
    name: 'Диспетчер',
    permissions: [
      'messages.menu',
      'messages.participants.view',
      'messages.participants.add',
      'messages.participants.remove',
      ...teamAndCustomer,
      'messages.all',
      'tickets.view.own',
      'tickets.view.district',
      'tickets.view.all',
      'tickets.create',
      'tickets.edit',
      'tickets.assign',
      'tickets.stage',
    ],
  },
  {
    id: 'engineer',
    name: 'Сервисный специалист',
    permissions: [
      'messages.menu',
      'messages.participants.view',
      'messages.participants.add',
      ...teamAndCustomer,
      'tickets.view.own',
      'tickets.stage',
    ],
  },
  {
    id: 'customer',
    name: 'Заказчик',
    permissions: [
      'messages.menu',
      'messages.customer.read',
      'messages.customer.write',
      'tickets.view.own',
      'tickets.create',
    ],
  },
  { id: 'admin', name: 'Администратор', permissions: [...permissions] },
]
