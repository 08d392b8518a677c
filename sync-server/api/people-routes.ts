import * as z from 'zod/mini'
import { canReadDirectory } from '#common/domain/permissions.ts'
import { userSchema } from '#common/domain/user.ts'
import type { ServerCore } from '../server-core.ts'
import { refuse, type Route } from './http-exchange.ts'

const peopleSchema = z.object({ people: z.array(userSchema) })

/** Who is who, for systems that know people by their logins. */
export function peopleRoutes(core: Pick<ServerCore, 'directory' | 'viewer'>): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/people',
      access: 'token',
      summary: 'Everybody of the organisation, switched off or not. For employees.',
      replies: {
        200: { description: 'The people.', schema: peopleSchema },
        403: { description: 'Customers do not read the directory (R12).' },
      },
      handle: async ({ token }) => {
        const viewer = core.viewer(token.userId)
        if (!viewer || !canReadDirectory(viewer)) return refuse(403, 'E_FORBIDDEN')
        return { status: 200, body: { people: [...core.directory().users.values()] } }
      },
    },
  ]
}
