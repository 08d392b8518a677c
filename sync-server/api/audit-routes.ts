import * as z from 'zod/mini'
import { canAdminister } from '#common/domain/permissions.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import { auditResponseSchema, auditSubjects, type AuditEntry } from '#common/protocol/http-api.ts'
import type { ServerCore } from '../server-core.ts'
import type { AuditQuery, LogStore } from '../storage/log-store.ts'
import { auditCsv } from './audit-csv.ts'
import { refuse, type ApiReply, type ApiRequest, type Route } from './http-exchange.ts'

export type AuditRoutesOptions = { core: Pick<ServerCore, 'viewer'>; store: Pick<LogStore, 'readAudit'> }

const pageSize = 100
const csvPageSize = 500
const time = z.optional(z.coerce.number().check(z.int(), z.nonnegative()))
const id = z.optional(z.string().check(z.maxLength(100)))
const names = ['from', 'to', 'byId', 'subject', 'subjectId', 'cursor', 'limit']
const querySchema = z.object({
  from: time,
  to: time,
  byId: id,
  subject: z.optional(z.enum(auditSubjects)),
  subjectId: id,
  cursor: z.optional(z.coerce.number().check(z.int(), z.positive())),
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(500)), pageSize),
})

const filters = {
  from: 'Only from this time on, ms since 1970.',
  to: 'Only before this time, ms since 1970.',
  byId: 'Only what this user did.',
  subject: `Only about one of: ${auditSubjects.join(', ')}.`,
  subjectId: 'Only about the ticket, user, role … of this id.',
}
const forbidden = { description: 'The user may not read the audit.' }

/** Who changed what, for those who may know. */
export function auditRoutes({ core, store }: AuditRoutesOptions): Route[] {
  const read = (request: ApiRequest, userId: string): Result<AuditQuery, ApiReply> => {
    const viewer = core.viewer(userId)
    return viewer && canAdminister(viewer, 'audit') ? parseQuery(request.query) : fail(refuse(403, 'E_FORBIDDEN'))
  }
  return [
    {
      method: 'GET',
      path: '/api/audit',
      access: 'token',
      summary: 'Lines of the audit, newest first.',
      query: {
        ...filters,
        cursor: 'Goes on after the page that gave this cursor.',
        limit: `Lines a page, at most 500; ${pageSize} when not given.`,
      },
      replies: {
        200: { description: 'One page; `cursor` is null on the last one.', schema: auditResponseSchema },
        403: forbidden,
      },
      handle: async (request) => {
        const query = read(request, request.token.userId)
        if (!query.ok) return query.reason
        const { limit } = query.value
        const entries = await store.readAudit({ ...query.value, limit: limit + 1 })
        const page = entries.slice(0, limit)
        const last = page.at(-1)
        return {
          status: 200,
          body: { entries: page, cursor: last && entries.length > limit ? String(last.id) : null },
        }
      },
    },
    {
      method: 'GET',
      path: '/api/audit.csv',
      access: 'token',
      summary: 'All that `GET /api/audit` would list, a line for each change.',
      query: filters,
      replies: {
        200: { description: 'UTF-8 with a byte order mark, RFC 4180.', schema: z.string(), mediaType: 'text/csv' },
        403: forbidden,
      },
      handle: async (request) => {
        const query = read(request, request.token.userId)
        if (!query.ok) return query.reason
        const headers = {
          'content-type': 'text/csv; charset=utf-8; header=present',
          'content-disposition': 'attachment; filename="audit.csv"',
        }
        return { status: 200, headers, stream: auditCsv(pagesOf(store, query.value)) }
      },
    },
  ]
}

function parseQuery(query: URLSearchParams): Result<AuditQuery, ApiReply> {
  const given = Object.fromEntries(names.map((name) => [name, query.get(name) || undefined]))
  const parsed = querySchema.safeParse(given)
  if (!parsed.success) return fail(refuse(400, 'E_REQUEST', { field: String(parsed.error.issues[0]?.path[0] ?? '') }))
  const { cursor, ...rest } = parsed.data
  return succeed({ ...rest, before: cursor })
}

/** Page by page, so that an export of years neither fills the memory nor keeps the disk from others. */
async function* pagesOf(store: Pick<LogStore, 'readAudit'>, query: AuditQuery): AsyncGenerator<AuditEntry[]> {
  for (let { before } = query; ;) {
    const page = await store.readAudit({ ...query, before, limit: csvPageSize })
    yield page
    before = page.at(-1)?.id
    if (page.length < csvPageSize) return
  }
}
