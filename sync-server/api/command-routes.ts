import { commandSchema } from '#common/domain/command.ts'
import { commandResponseSchema } from '#common/protocol/http-api.ts'
import type { Clock } from '#common/domain/clock.ts'
import type { Limits } from '../limits.ts'
import type { ServerCore } from '../server-core.ts'
import { statusOfRefusal, tooManyRequests, type Route } from './http-exchange.ts'
import { TokenBuckets } from './token-buckets.ts'

export type CommandRoutesOptions = { core: Pick<ServerCore, 'execute'>; clock: Clock; limits: Limits }

/** The commands of the outbox for scripts and other systems: same schemas, same rights, same idempotency by command id. */
export function commandRoutes({ core, clock, limits }: CommandRoutesOptions): Route[] {
  const pace = new TokenBuckets({ clock, perSecond: limits.commandsPerSecond, burst: limits.commandBurst })
  return [
    {
      method: 'POST',
      path: '/api/commands',
      access: 'token',
      summary: 'Executes one command. Repeating it with the same id and content changes nothing and answers the same.',
      body: commandSchema,
      // The core reads it itself, with the refusals of commands.
      bodyIsChecked: 'by handler',
      replies: {
        200: { description: 'The command is durable.', schema: commandResponseSchema },
        403: { description: 'The user may not do this.' },
        404: { description: 'The ticket or message is absent or not visible.' },
        409: { description: 'The world moved on (E_STALE), or the id came before with other content (E_ID_CONFLICT).' },
        422: { description: 'The command is not of the documented form.' },
      },
      handle: async ({ body, token }) => {
        const waitMs = pace.take(token.userId)
        if (waitMs > 0) return tooManyRequests(waitMs)
        const result = await core.execute(token.userId, body)
        if (result.ok) return { status: 200, body: { ok: true, id: result.value.id } }
        const { reason } = result
        return { status: statusOfRefusal(reason), body: { ok: false, refusal: reason, ...reason } }
      },
    },
  ]
}
