import { importRequestSchema, importResponseSchema } from '#common/protocol/http-api.ts'
import type { Limits } from '../limits.ts'
import type { ServerCore } from '../server-core.ts'
import { refuse, statusOfRefusal, tooManyRequests, type Route } from './http-exchange.ts'

export type ImportRoutesOptions = { core: Pick<ServerCore, 'importTickets'>; limits: Limits }

const retryMs = 5_000

/** Tickets of another system. */
export function importRoutes({ core, limits }: ImportRoutesOptions): Route[] {
  const importing = new Set<string>()
  return [
    {
      method: 'POST',
      path: '/api/import/tickets',
      access: 'token',
      summary: 'Imports tickets: commands `ticket.create`, each with its assignee. All of them or none.',
      body: importRequestSchema,
      bodyLimitBytes: limits.importBytes,
      replies: {
        200: { description: 'All are in, or in a dry run would be.', schema: importResponseSchema },
        403: { description: 'The user may not create tickets, or is a customer.' },
        422: {
          description: 'Nothing was imported: `errors` say why, by the index in `tickets`.',
          schema: importResponseSchema,
        },
        429: { description: 'An import of this user is under way.' },
      },
      handle: async ({ body, token: { userId } }) => {
        if (importing.has(userId)) return tooManyRequests(retryMs)
        importing.add(userId)
        try {
          const { tickets, dryRun } = importRequestSchema.parse(body)
          const answer = await core.importTickets(userId, tickets, dryRun)
          if (!answer.ok) return refuse(statusOfRefusal(answer.reason), answer.reason.code)
          if (answer.value.errors.length === 0) return { status: 200, body: answer.value }
          const { body: reason } = refuse(422, 'E_COMMAND_INVALID')
          return { status: 422, body: { ...(reason as object), ...answer.value } }
        } finally {
          importing.delete(userId)
        }
      },
    },
  ]
}
