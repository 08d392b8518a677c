import { createHmac, timingSafeEqual } from 'node:crypto'
import * as z from 'zod/mini'
import type { Clock } from '#common/domain/clock.ts'
import type { UserId } from '#common/domain/ids.ts'

/**
 * Access tokens: JSON Web Tokens with one fixed header, so that no token can choose how it is checked («alg none»).
 * `generation` counts the rotations of the session's refresh token.
 */
export type AccessClaims = {
  userId: UserId
  sessionId: string
  generation: number
  /** ms since 1970. */ expiresAt: number
}

export type AccessTokens = {
  sign(claims: AccessClaims): string
  /** Undefined when the token is not ours, was changed, is for another audience or has expired. */
  verify(token: string): AccessClaims | undefined
}

const audience = 'naryad'
const header = encode({ alg: 'HS256', typ: 'JWT' })
/** Ours have some 300 characters; what is longer is not looked at. */
const longestToken = 1_000

const payloadSchema = z.object({
  aud: z.literal(audience),
  sub: z.string(),
  sid: z.string(),
  gen: z.int(),
  exp: z.int(),
})

export function createAccessTokens(key: Uint8Array, clock: Clock): AccessTokens {
  const signatureOf = (content: string): Buffer => createHmac('sha256', key).update(content).digest()
  return {
    sign: ({ userId, sessionId, generation, expiresAt }) => {
      const payload = { aud: audience, sub: userId, sid: sessionId, gen: generation, exp: Math.floor(expiresAt / 1000) }
      const content = `${header}.${encode(payload)}`
      return `${content}.${signatureOf(content).toString('base64url')}`
    },
    verify: (token) => {
      const [tokenHeader, payload, signature, ...rest] = token.length > longestToken ? [] : token.split('.')
      if (tokenHeader !== header || payload === undefined || signature === undefined || rest.length > 0)
        return undefined
      const given = Buffer.from(signature, 'base64url')
      const expected = signatureOf(`${header}.${payload}`)
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
      const parsed = payloadSchema.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString()))
      if (!parsed.success || parsed.data.exp * 1000 <= clock.nowMs()) return undefined
      const { sub, sid, gen, exp } = parsed.data
      return { userId: sub, sessionId: sid, generation: gen, expiresAt: exp * 1000 }
    },
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
