import * as z from 'zod/mini'
import { isId } from '#common/domain/ids.ts'
import { historyEntrySchema, stages, ticketSchema, type Stage } from '#common/domain/ticket.ts'
import type { ServerCore } from '../server-core.ts'
import { refuse, type Route } from './http-exchange.ts'

const pageSize = 50
const longestText = 200

/** `<activity in ms>.<ticket>`: of the last ticket of a page. */
const listCursor = /^\d{1,16}\.[0-9A-Za-z-]{1,40}$/

const querySchema = z.object({
  stage: z.array(z.enum(stages)),
  assigneeId: z.optional(z.string().check(z.refine(isId))),
  q: z.optional(z.string().check(z.maxLength(longestText))),
  cursor: z.optional(z.string().check(z.regex(listCursor))),
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(200)), pageSize),
})

const listSchema = z.object({ tickets: z.array(ticketSchema), cursor: z.nullable(z.string()) })
const oneSchema = z.object({ ticket: ticketSchema, history: z.array(historyEntrySchema) })

export function ticketRoutes(core: Pick<ServerCore, 'listTickets' | 'readTicket'>): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/tickets',
      access: 'token',
      summary: 'The tickets that the user may see, newest first.',
      query: {
        stage: 'Only these stages: several, parted by commas.',
        assigneeId: 'Only those of this assignee.',
        q: 'Only those whose number, title, site or address holds this text.',
        cursor: 'Goes on after the page that gave this cursor.',
        limit: `Tickets a page, at most 200; ${pageSize} when not given.`,
      },
      replies: { 200: { description: 'One page; `cursor` is null on the last one.', schema: listSchema } },
      handle: async ({ query, token }) => {
        const parsed = querySchema.safeParse({
          stage: query.getAll('stage').flatMap((names) => names.split(',').filter((name) => name !== '')),
          ...Object.fromEntries(
            ['assigneeId', 'q', 'cursor', 'limit'].map((name) => [name, query.get(name) || undefined]),
          ),
        })
        if (!parsed.success) return refuse(400, 'E_REQUEST', { field: String(parsed.error.issues[0]?.path[0] ?? '') })
        const { stage, assigneeId, q, cursor, limit } = parsed.data
        const chosen: Stage[] | undefined = stage.length > 0 ? stage : undefined
        const page = await core.listTickets(token.userId, { stages: chosen, assigneeId, text: q, cursor, limit })
        return { status: 200, body: page }
      },
    },
    {
      method: 'GET',
      path: '/api/tickets/:id',
      access: 'token',
      summary: 'One ticket with its history.',
      replies: {
        200: { description: 'The ticket.', schema: oneSchema },
        404: { description: 'There is none, or it is not visible to the user.' },
      },
      handle: async ({ parameters, token }) => {
        const id = parameters.get('id') ?? ''
        const found = isId(id) ? await core.readTicket(token.userId, id) : undefined
        return found ? { status: 200, body: found } : refuse(404, 'E_NOT_FOUND')
      },
    },
  ]
}
