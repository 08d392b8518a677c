import * as z from 'zod/mini'
import {
  apiKeyResponseSchema,
  apiKeysResponseSchema,
  auditResponseSchema,
  errorResponseSchema,
  invitationResponseSchema,
  userSessionsResponseSchema,
} from '#common/protocol/http-api.ts'
import { refusalSchema } from '#common/protocol/refusals.ts'
import { fail, succeed } from '#common/domain/result.ts'
import type { Actions, AuditArguments, Online, OnlineFailure } from '../api.ts'
import type { ClientPorts, HttpAnswer } from '../client-core.ts'
import type { AccessTokens } from './access-tokens.ts'
import { invitationLink } from './invitation-link.ts'
import { within } from './session-requests.ts'

/** What only the server can do now: nothing of it is kept on this device. */
export type OnlineActions = Pick<
  Actions,
  | 'invite'
  | 'sessionsOf'
  | 'revokeSessions'
  | 'listApiKeys'
  | 'createApiKey'
  | 'revokeApiKey'
  | 'readAudit'
  | 'exportAudit'
>

type Method = 'GET' | 'POST' | 'DELETE'
type Schema<Value> = { safeParse(value: unknown): { success: true; data: Value } | { success: false } }

const offline: OnlineFailure = { kind: 'offline' }

export function createOnlineActions(
  ports: Pick<ClientPorts, 'clock' | 'http'>,
  server: string,
  tokens: Pick<AccessTokens, 'authorize'>,
): OnlineActions {
  async function ask<Value>(schema: Schema<Value>, method: Method, path: string, body?: unknown): Online<Value> {
    // Who has no valid token is as good as offline: the session says by itself that signing in would help.
    const authorization = await tokens.authorize()
    if (!authorization.ok) return fail(offline)
    const { token } = authorization
    const answer = await within(
      ports.clock,
      ports.http({ method, url: `${server}/api/${path}`, token, ...(body === undefined ? {} : { body }) }),
    )
    if (answer === undefined) return fail(offline)
    const parsed = answer.status < 300 ? schema.safeParse(answer.body) : undefined
    return parsed?.success ? succeed(parsed.data) : fail(failureOf(answer))
  }

  return {
    async invite({ userId }) {
      const invited = await ask(invitationResponseSchema, 'POST', 'invitations', { userId })
      if (!invited.ok) return invited
      const { token, expiresAt } = invited.value
      return succeed({ link: invitationLink(server, token), expiresAt })
    },
    async sessionsOf({ userId }) {
      const found = await ask(userSessionsResponseSchema, 'GET', `users/${userId}/sessions`)
      return found.ok ? succeed(found.value.sessions) : found
    },
    revokeSessions: ({ userId }) => ask(anything, 'DELETE', `users/${userId}/sessions`),
    async listApiKeys() {
      const found = await ask(apiKeysResponseSchema, 'GET', 'api-keys')
      return found.ok ? succeed(found.value.apiKeys) : found
    },
    createApiKey: ({ name, roleId }) => ask(apiKeyResponseSchema, 'POST', 'api-keys', { name, roleId }),
    revokeApiKey: ({ id }) => ask(anything, 'DELETE', `api-keys/${id}`),
    readAudit: (wanted) => ask(auditResponseSchema, 'GET', `audit${queryOf(wanted)}`),
    exportAudit: (wanted) => ask(z.string(), 'GET', `audit.csv${queryOf(wanted)}`),
  }
}

const anything: Schema<null> = { safeParse: () => ({ success: true, data: null }) }

function queryOf(wanted: AuditArguments): string {
  const given = Object.entries(wanted).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

/** What is not our server's answer is as good as none. */
function failureOf({ body }: HttpAnswer): OnlineFailure {
  const error = errorResponseSchema.safeParse(body)
  if (!error.success) return offline
  const { code, message } = error.data
  return { kind: 'refused', refusal: refusalSchema.parse({ code, message }) }
}
