import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as z from 'zod/mini'
import { StoreUnavailable } from '../storage/log-store.ts'
import type { VerifiedToken } from '../server-core.ts'
import type { AddressOf } from './client-address.ts'
import { refuse, type ApiReply, type Route } from './http-exchange.ts'
import type { OriginCheck } from './origins.ts'
import { readJsonBody } from './request-body.ts'
import { createRouting } from './routing.ts'

/** One answered request, for logs and metrics. `route` is the pattern, never the path that was asked for. */
export type AnsweredRequest = {
  requestId: string
  method: string
  route: string
  status: number
  durationMs: number
  userId?: string | undefined
  /** Set where the server itself failed. */
  error?: unknown
}

export type HttpEdgeOptions = {
  routes: readonly Route[]
  isAllowedOrigin: OriginCheck
  addressOf: AddressOf
  verifyToken(accessToken: string): VerifiedToken | undefined
  bodyLimitBytes: number
  /** All of a body must have come then, an upload's excepted. */
  bodyTimeoutMs: number
  answered(request: AnsweredRequest): void
}

const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
}
/** Of an answer's headers a page may read these, besides the few that are open to every page. */
const exposedHeaders = 'accept-ranges, content-length, content-range, etag, retry-after'
const streamIdleMs = 60_000
const bearer = /^Bearer ([\w.~+/=-]+)$/i

/** Answers plain HTTP requests: origin, route, token, body, then the route's own work; every failure has the same form of body. */
export function createHttpEdge(options: HttpEdgeOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const find = createRouting(options.routes)
  return (request, response) => {
    const startedAt = performance.now()
    const requestId = randomUUID()
    const seen: Seen = { route: 'none', userId: undefined }
    const finish = async (reply: ApiReply, failure?: unknown): Promise<void> => {
      const error = (await write(response, requestId, reply)) ?? failure
      const durationMs = performance.now() - startedAt
      const { route, userId } = seen
      options.answered({
        requestId,
        method: request.method ?? '',
        route,
        status: reply.status,
        durationMs,
        userId,
        error,
      })
    }
    // The client may go away while its body is read.
    request.on('error', () => {})
    void answer(options, find, request, response, seen).then(finish, (error: unknown) => {
      if (error instanceof StoreUnavailable)
        return finish(refuse(503, 'E_UNAVAILABLE', { headers: { 'retry-after': '5' } }))
      if (!request.errored) return finish(refuse(500, 'E_INTERNAL'), error)
      response.destroy()
      return undefined
    })
  }
}

type Seen = { route: string; userId: string | undefined }

async function answer(
  options: HttpEdgeOptions,
  find: ReturnType<typeof createRouting>,
  request: IncomingMessage,
  response: ServerResponse,
  seen: Seen,
): Promise<ApiReply> {
  const { origin } = request.headers
  response.setHeader('vary', 'Origin')
  if (!options.isAllowedOrigin(origin)) return refuse(403, 'E_ORIGIN')
  if (origin !== undefined) {
    response.setHeader('access-control-allow-origin', origin)
    response.setHeader('access-control-expose-headers', exposedHeaders)
  }
  if (request.method === 'OPTIONS' && origin !== undefined) return preflight
  // Only the path and the query are of interest, not the base.
  const target = request.url ?? ''
  if (!URL.canParse(target, 'http://server')) return refuse(400, 'E_REQUEST')
  const url = new URL(target, 'http://server')
  const match = find(request.method ?? '', url.pathname)
  if (match.type === 'none') return refuse(404, 'E_ROUTE')
  if (match.type === 'other-method') return refuse(405, 'E_METHOD', { headers: { allow: match.allowed.join(', ') } })
  const { route, parameters } = match
  seen.route = route.path
  const token = tokenOf(options, request)
  seen.userId = token?.userId
  if (route.access !== 'open' && token === undefined)
    return refuse(401, 'E_TOKEN', { headers: { 'www-authenticate': 'Bearer' } })
  if (route.access === 'upload' && token) return route.receive(request, token)
  limitBodyTime(request, options.bodyTimeoutMs)
  let body: unknown
  if (route.body !== undefined) {
    const read = await readJsonBody(request, route.bodyLimitBytes ?? options.bodyLimitBytes)
    if (!read.ok) return read.reason
    const parsed = route.bodyIsChecked === undefined ? z.safeParse(route.body, read.value) : undefined
    if (parsed?.success === false)
      return refuse(400, 'E_REQUEST', { field: parsed.error.issues[0]?.path.join('.') || undefined })
    body = read.value
  }
  const apiRequest = {
    parameters,
    query: url.searchParams,
    headers: request.headers,
    body,
    address: options.addressOf(request),
    isForwarded: request.headers['x-forwarded-for'] !== undefined,
  }
  if (route.access === 'open') return route.handle(apiRequest)
  return token === undefined || route.access === 'upload'
    ? refuse(401, 'E_TOKEN')
    : route.handle({ ...apiRequest, token })
}

/** However slowly a body comes, or is thrown away after its answer, it does not hold its connection for ever. */
function limitBodyTime(request: IncomingMessage, timeoutMs: number): void {
  if (request.complete) return
  const timer = setTimeout(() => request.destroy(), timeoutMs).unref()
  request.once('close', () => clearTimeout(timer))
}

const preflight: ApiReply = {
  status: 204,
  headers: {
    'access-control-allow-methods': 'GET, HEAD, POST, PATCH, DELETE',
    'access-control-allow-headers':
      'authorization, content-type, range, if-range, tus-resumable, upload-length, upload-metadata, upload-offset',
    'access-control-max-age': '600',
  },
}

function tokenOf({ verifyToken }: HttpEdgeOptions, request: IncomingMessage): VerifiedToken | undefined {
  const token = bearer.exec(request.headers.authorization ?? '')?.[1]
  return token === undefined ? undefined : verifyToken(token)
}

/** Resolves when all was handed over, with the error that cut a stream short on our side. */
async function write(
  response: ServerResponse,
  requestId: string,
  { status, body, stream, headers }: ApiReply,
): Promise<unknown> {
  const isError = status >= 400 && typeof body === 'object' && body !== null
  const text = isError ? JSON.stringify({ ...body, requestId }) : typeof body === 'string' ? body : JSON.stringify(body)
  const contentType = body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }
  response.writeHead(status, { 'x-request-id': requestId, ...securityHeaders, ...contentType, ...headers })
  if (!stream) {
    response.end(text)
    return undefined
  }
  // Who takes nothing for so long has gone, or wants to hold a file open.
  response.setTimeout(streamIdleMs, () => response.destroy())
  try {
    await pipeline(stream instanceof Readable ? stream : Readable.from(stream), response)
    return undefined
  } catch (error) {
    // The status is out already: the client sees a cut connection. That it went away by itself is no error.
    const hasLeft = (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE'
    return hasLeft ? undefined : error
  }
}
