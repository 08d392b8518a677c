import { errorResponseSchema, sessionResponseSchema, type SessionResponse } from '#common/protocol/http-api.ts'
import { refusal, refusalCodes } from '#common/protocol/refusals.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import type { Clock } from '#common/domain/clock.ts'
import type { SignInFailure } from '../api.ts'
import type { ClientPorts, HttpAnswer } from '../client-core.ts'

/** A request that hangs in a network without an end is given up after this long. */
const requestTimeoutMs = 10_000

type RequestPorts = Pick<ClientPorts, 'clock' | 'http' | 'device'>
type EntryPorts = RequestPorts & Pick<ClientPorts, 'somebodyAnswers'>

export async function requestSession(
  ports: EntryPorts,
  server: string,
  login: string,
  password: string,
): Promise<Result<SessionResponse, SignInFailure>> {
  const { id, name } = ports.device
  const body = { login, password, device: { id, name: name.slice(0, 100) } }
  return askForSession(ports, server, 'session', body)
}

/** Sets the password of an invitation's user: the answer is a session of theirs. */
export async function requestRedemption(
  ports: EntryPorts,
  server: string,
  token: string,
  password: string,
): Promise<Result<SessionResponse, SignInFailure>> {
  const { id, name } = ports.device
  const body = { token, password, device: { id, name: name.slice(0, 100) } }
  return askForSession(ports, server, 'invitations/redeem', body)
}

/** Instead of an answer that was given, but not to be read by a page. */
const unreadable: HttpAnswer = { status: 0, body: undefined }

async function askForSession(
  ports: EntryPorts,
  server: string,
  path: string,
  body: unknown,
): Promise<Result<SessionResponse, SignInFailure>> {
  const request = ports.http({ method: 'POST', url: `${server}/api/${path}`, body }).catch(async (error: unknown) => {
    // A stranger's server does not let pages read its answers: the request fails as if nobody were there.
    if (await ports.somebodyAnswers(server)) return unreadable
    throw error
  })
  const answer = await within(ports.clock, request)
  if (answer === undefined) return fail({ kind: 'unreachable' })
  if (answer.status === 200 || answer.status === 201) {
    const session = sessionResponseSchema.safeParse(answer.body)
    return session.success ? succeed(session.data) : fail({ kind: 'not-a-server' })
  }
  return fail(failureOf(answer))
}

/** `ended`: the refresh token is worth nothing any more. */
export async function requestRefresh(
  ports: RequestPorts,
  server: string,
  refreshToken: string,
): Promise<Result<SessionResponse, 'unreachable' | 'ended'>> {
  const url = `${server}/api/session/refresh`
  const answer = await within(ports.clock, ports.http({ method: 'POST', url, body: { refreshToken } }))
  if (answer === undefined) return fail('unreachable')
  const session = answer.status < 300 ? sessionResponseSchema.safeParse(answer.body) : undefined
  if (session?.success) return succeed(session.data)
  // Only the server's own word ends a session: an error page of something in between must not sign anybody out.
  const isServersWord = errorResponseSchema.safeParse(answer.body).success
  return fail(isServersWord && (answer.status === 401 || answer.status === 403) ? 'ended' : 'unreachable')
}

/** Whether a server answers at all. */
export async function isReachable(ports: RequestPorts, server: string): Promise<boolean> {
  const answer = await within(ports.clock, ports.http({ method: 'GET', url: `${server}/healthz` }))
  return answer?.status === 200
}

/** Tells the server that the session is over; offline it ends there by itself when its tokens expire. */
export async function requestSignOut(ports: RequestPorts, server: string, token: string): Promise<void> {
  await within(ports.clock, ports.http({ method: 'DELETE', url: `${server}/api/session`, token }))
}

function failureOf(answer: HttpAnswer): SignInFailure {
  const error = errorResponseSchema.safeParse(answer.body)
  if (error.success) {
    const code = refusalCodes.find((known) => known === error.data.code)
    if (code) return { kind: 'refused', refusal: refusal(code), retryAfterSeconds: answer.retryAfterSeconds }
  }
  // A gateway whose server is down.
  return answer.status >= 500 ? { kind: 'unreachable' } : { kind: 'not-a-server' }
}

/** Undefined when the request failed or took too long. */
export function within(clock: Clock, request: Promise<HttpAnswer>): Promise<HttpAnswer | undefined> {
  return new Promise((resolve) => {
    const cancel = clock.after(requestTimeoutMs, () => resolve(undefined))
    request.then(resolve, () => resolve(undefined)).finally(cancel)
  })
}
