import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type * as z from 'zod/mini'
import { refusalMeanings, type Refusal, type RefusalCode } from '#common/protocol/refusals.ts'
import type { VerifiedToken } from '../server-core.ts'

/** Reasons that only HTTP knows; the others are in `common/protocol/refusals.ts`. */
const httpMeanings = {
  E_REQUEST: 'The request is not of the documented form; `field` names the first offending field.',
  E_ROUTE: 'There is no such address.',
  E_METHOD: 'The address does not take this method.',
  E_BODY_TYPE: 'The body must be application/json.',
  E_BODY_TOO_BIG: 'The body is larger than the server accepts.',
  E_ORIGIN: 'Pages of this origin may not use the server.',
  E_INTERNAL: 'The server failed; the request id leads to the reason in its log.',
} as const
type ErrorCode = RefusalCode | keyof typeof httpMeanings

export type ApiRequest = {
  /** Parts of the path that the route names with a colon, decoded. */
  parameters: ReadonlyMap<string, string>
  query: URLSearchParams
  headers: IncomingHttpHeaders
  /** JSON that passed the route's body schema (if the edge checks it); undefined where the route takes none. */
  body: unknown
  /** The client's address, for limits. */
  address: string
  /** It came through a proxy, trusted or not. */
  isForwarded: boolean
}

export type ApiReply = {
  status: number
  body?: unknown
  /** In place of a body: text that is made, or bytes that are read, while it is sent. */
  stream?: AsyncIterable<string> | Readable | undefined
  headers?: Record<string, string> | undefined
}

type ReplyDescription = {
  description: string
  schema?: z.core.$ZodType | undefined
  /** JSON when not said otherwise. */
  mediaType?: string | undefined
}

type Described = {
  method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE' | 'OPTIONS'
  /** `/api/tickets/:id`. */
  path: string
  summary: string
  query?: Record<string, string> | undefined
  body?: z.core.$ZodType | undefined
  /** By the edge when not said otherwise. */
  bodyIsChecked?: 'by handler' | undefined
  /** Largest body, where it is not the one of all routes. */
  bodyLimitBytes?: number | undefined
  /** Schema of the body by status; the errors are the same everywhere and not repeated. */
  replies: Record<number, ReplyDescription>
}

/** A route says what it takes and gives, once: requests are checked by it and the OpenAPI document is made of it. */
export type Route = Described &
  (
    | { access: 'open'; handle(request: ApiRequest): Promise<ApiReply> }
    | { access: 'token'; handle(request: ApiRequest & { token: VerifiedToken }): Promise<ApiReply> }
    /** Reads the body by itself, as long as it comes; what it leaves unread is thrown away after the answer. */
    | { access: 'upload'; receive(request: IncomingMessage, token: VerifiedToken): Promise<ApiReply> }
  )

export function refuse(
  status: number,
  code: ErrorCode,
  { field, headers }: { field?: string | undefined; headers?: Record<string, string> } = {},
): ApiReply {
  const message =
    code in refusalMeanings ? refusalMeanings[code as RefusalCode] : httpMeanings[code as keyof typeof httpMeanings]
  return { status, headers, body: { code, message, ...(field !== undefined && { field }) } }
}

export function tooManyRequests(retryAfterMs: number): ApiReply {
  return refuse(429, 'E_RATE', { headers: { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) } })
}

/** The HTTP status that says what a command's refusal says. */
export function statusOfRefusal({ code }: Refusal): number {
  switch (code) {
    case 'E_NOT_FOUND':
    case 'E_ROOM_FORBIDDEN':
    case 'E_ROOM_NAME':
      return 404
    case 'E_FORBIDDEN':
    case 'E_READONLY':
    case 'E_REMOVED':
    case 'E_FEATURE_OFF':
      return 403
    case 'E_STALE':
    case 'E_ID_CONFLICT':
    case 'E_TAKEN':
    case 'E_EPOCH':
      return 409
    case 'E_COMMAND_TOO_BIG':
    case 'E_MEDIA_TOO_BIG':
      return 413
    case 'E_MEDIA_TYPE':
      return 415
    // As tus has it for a checksum that does not match.
    case 'E_MEDIA_CHECKSUM':
      return 460
    case 'E_MEDIA_FULL':
      return 507
    case 'E_RATE':
      return 429
    case 'E_TOKEN':
    case 'E_CREDENTIALS':
      return 401
    case 'E_UNAVAILABLE':
      return 503
    case 'E_COMMAND_INVALID':
    case 'E_MEDIA_MISSING':
      return 422
  }
}
