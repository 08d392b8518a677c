import * as z from 'zod/mini'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import { userSchema, type User } from '#common/domain/user.ts'
import {
  errorResponseSchema,
  importResponseSchema,
  sessionResponseSchema,
  type SignInRequest,
} from '#common/protocol/http-api.ts'
import type { FileTicket } from './read-tickets.ts'

/**
 * Why the server did not do what was asked. `unreachable`: it never got the question. `answer-lost`: nobody knows whether it was
 * done. With all others nothing was done.
 */
export type ServerFailure =
  | { kind: 'unreachable' | 'answer-lost'; detail: string }
  | { kind: 'key' | 'forbidden' | 'too-big' | 'busy' | 'unavailable' }
  | { kind: 'other'; status: number; detail: string }

export type ImportAnswer = z.infer<typeof importResponseSchema>

const peopleResponseSchema = z.object({ people: z.array(userSchema) })
const shortTimeoutMs = 60_000
/** 5,000 tickets take some seconds; a slow link needs time for eight megabytes. */
const importTimeoutMs = 600_000
/** What tells that the connection was never made. */
const neverConnected = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]

type Question = { method: 'GET' | 'POST' | 'DELETE'; path: string; body?: unknown; timeoutMs: number }

/** A server by HTTP, asked with an API key or an access token. */
export class ImportServer {
  private readonly url: string
  private readonly token: string

  constructor(url: string, token: string) {
    this.url = url
    this.token = token
  }

  /** A session of a person, where there is no key. */
  static async signIn(url: string, body: SignInRequest): Promise<Result<ImportServer, ServerFailure>> {
    const question: Question = { method: 'POST', path: '/api/session', body, timeoutMs: shortTimeoutMs }
    const answer = await ask(url, question, undefined)
    if (!answer.ok) return answer
    const session = read(sessionResponseSchema, answer.value)
    return session.ok ? succeed(new ImportServer(url, session.value.accessToken)) : session
  }

  async signOut(): Promise<void> {
    await ask(this.url, { method: 'DELETE', path: '/api/session', timeoutMs: shortTimeoutMs }, this.token)
  }

  async people(): Promise<Result<User[], ServerFailure>> {
    const question: Question = { method: 'GET', path: '/api/people', timeoutMs: shortTimeoutMs }
    const answer = await ask(this.url, question, this.token)
    if (!answer.ok) return answer
    const read_ = read(peopleResponseSchema, answer.value)
    return read_.ok ? succeed(read_.value.people) : read_
  }

  /** All of them or none. What is wrong with single tickets is part of the answer. */
  async importTickets(
    tickets: readonly FileTicket[],
    dryRun: boolean,
    writtenAt: string,
  ): Promise<Result<ImportAnswer, ServerFailure>> {
    const body = {
      dryRun,
      tickets: tickets.map(({ id, fields, assigneeId }) => ({
        create: { id, type: 'ticket.create', writtenAt, fields },
        assigneeId,
      })),
    }
    const question: Question = { method: 'POST', path: '/api/import/tickets', body, timeoutMs: importTimeoutMs }
    const answer = await ask(this.url, question, this.token, 422)
    return answer.ok ? read(importResponseSchema, answer.value) : answer
  }
}

type Answer = { status: number; body: unknown }

function read<T>(schema: z.ZodMiniType<T>, { status, body }: Answer): Result<T, ServerFailure> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return succeed(parsed.data)
  const error = errorResponseSchema.safeParse(body)
  return fail({ kind: 'other', status, detail: error.success ? `${error.data.code}: ${error.data.message}` : '' })
}

/** `alsoRead`: a status whose body is an answer too. */
async function ask(
  url: string,
  { method, path, body, timeoutMs }: Question,
  token: string | undefined,
  alsoRead?: number,
): Promise<Result<Answer, ServerFailure>> {
  try {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      // The key goes to the server that was named and to no other.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const answer = { status: response.status, body: jsonOf(await response.text()) }
    return response.ok || response.status === alsoRead ? succeed(answer) : fail(failureOf(answer))
  } catch (error) {
    const detail = detailOf(error)
    const kind = method === 'GET' || neverConnected.includes(detail) ? 'unreachable' : 'answer-lost'
    return fail({ kind, detail })
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // a page of some proxy: its status has to do
  }
}

function failureOf({ status, body }: Answer): ServerFailure {
  switch (status) {
    case 401:
      return { kind: 'key' }
    case 403:
      return { kind: 'forbidden' }
    case 413:
      return { kind: 'too-big' }
    case 429:
      return { kind: 'busy' }
    case 503:
      return { kind: 'unavailable' }
    case 500:
    case 502:
    case 504:
      return { kind: 'answer-lost', detail: `HTTP ${status}` }
    default: {
      const error = errorResponseSchema.safeParse(body)
      return { kind: 'other', status, detail: error.success ? `${error.data.code}: ${error.data.message}` : '' }
    }
  }
}

/** undici says only «fetch failed»; the code of what failed is below it. */
function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause: unknown = error.cause
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return codeOf(cause.errors[0])
  return cause instanceof Error ? codeOf(cause) : error.message
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
