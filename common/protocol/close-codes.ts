/** WebSocket close codes and what the client does about each. Source: SPEC.md, section «Close codes». */
export const closeCodes = {
  goingAway: 1001,
  tooBig: 1009,
  internal: 1011,
  restart: 1012,
  overloaded: 1013,
  malformed: 4400,
  tokenExpired: 4401,
  forbidden: 4403,
  idle: 4408,
  superseded: 4409,
  clientTooOld: 4426,
  rateLimited: 4429,
  slowConsumer: 4430,
  violations: 4440,
} as const

/** What a client does after the whole socket closed with `code`. */
export type CloseReaction = 'reconnect' | 'back-off' | 'refresh-token' | 'lock' | 'stop-superseded' | 'update-required'

export function reactionTo(code: number): CloseReaction {
  switch (code) {
    case closeCodes.tokenExpired:
      return 'refresh-token'
    case closeCodes.forbidden:
      return 'lock'
    case closeCodes.superseded:
      return 'stop-superseded'
    case closeCodes.clientTooOld:
      return 'update-required'
    case closeCodes.internal:
    case closeCodes.overloaded:
    case closeCodes.rateLimited:
    case closeCodes.violations:
    case closeCodes.malformed:
    case closeCodes.tooBig:
      return 'back-off'
    default:
      return 'reconnect'
  }
}
