import { canAdminister, canManageUser } from '#common/domain/permissions.ts'
import { apiKeyRequestSchema, apiKeyResponseSchema, apiKeysResponseSchema } from '#common/protocol/http-api.ts'
import type { ApiKeys } from '../auth/api-keys.ts'
import type { ServerCore } from '../server-core.ts'
import { refuse, type Route } from './http-exchange.ts'

export type KeyRoutesOptions = { core: Pick<ServerCore, 'directory' | 'viewer'>; keys: ApiKeys }

const forbidden = { description: 'The user may not administer users, or not give this role (R23).' }

/** Keys of other systems, as an administrator makes and revokes them. */
export function keyRoutes({ core, keys }: KeyRoutesOptions): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/keys',
      access: 'token',
      summary: 'The API keys, newest first; their secrets are nowhere.',
      replies: { 200: { description: 'All keys in use.', schema: apiKeysResponseSchema }, 403: forbidden },
      handle: async ({ token }) => {
        const viewer = core.viewer(token.userId)
        if (!viewer || !canAdminister(viewer, 'users')) return refuse(403, 'E_FORBIDDEN')
        return { status: 200, body: { apiKeys: keys.list() } }
      },
    },
    {
      method: 'POST',
      path: '/api/keys',
      access: 'token',
      summary: 'Makes an API key: an account of its own with a role, for the HTTP interface only.',
      body: apiKeyRequestSchema,
      replies: {
        200: { description: '`key` is shown this once.', schema: apiKeyResponseSchema },
        403: forbidden,
        404: { description: 'There is no such role.' },
      },
      handle: async ({ body, token }) => {
        const { name, roleId } = apiKeyRequestSchema.parse(body)
        const { users, roles } = core.directory()
        const viewer = core.viewer(token.userId)
        const by = users.get(token.userId)
        if (!viewer || !by || !canAdminister(viewer, 'users')) return refuse(403, 'E_FORBIDDEN')
        const role = roles.get(roleId)
        if (!role) return refuse(404, 'E_NOT_FOUND', { field: 'roleId' })
        if (!canManageUser(viewer, role)) return refuse(403, 'E_FORBIDDEN', { field: 'roleId' })
        return { status: 200, body: await keys.create(name, roleId, by) }
      },
    },
    {
      method: 'DELETE',
      path: '/api/keys/:id',
      access: 'token',
      summary: 'Revokes an API key and switches its account off.',
      replies: {
        204: { description: 'The key is of no use any more.' },
        403: forbidden,
        404: { description: 'There is no such key.' },
      },
      handle: async ({ parameters, token }) => {
        const { users, roles } = core.directory()
        const viewer = core.viewer(token.userId)
        const by = users.get(token.userId)
        if (!viewer || !by || !canAdminister(viewer, 'users')) return refuse(403, 'E_FORBIDDEN')
        const key = keys.find(parameters.get('id') ?? '')
        if (!key) return refuse(404, 'E_NOT_FOUND')
        if (!canManageUser(viewer, roles.get(key.roleId))) return refuse(403, 'E_FORBIDDEN')
        await keys.revoke(key.id, by)
        return { status: 204 }
      },
    },
  ]
}
