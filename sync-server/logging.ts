import pino, { type Logger } from 'pino'
import { assertNever } from '#common/domain/result.ts'
import type { AnsweredRequest } from './api/http-edge.ts'
import type { ServerEvent } from './server-core.ts'

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** JSON lines on stderr: stdout carries nothing but READY. No message content, token or password ever comes here. */
export function createLogger(level: LogLevel): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  )
}

export function logEvent(logger: Logger, event: ServerEvent): void {
  const { type, ...details } = event
  switch (event.type) {
    case 'command':
      return event.outcome === 'refused' ? logger.info(details, 'command refused') : logger.debug(details, type)
    case 'commit':
    case 'delivery':
      return logger.trace(details, type)
    case 'connection':
      return logger.debug(details, `connection ${event.change}`)
    case 'violation':
      return logger.warn(details, 'violation')
    case 'upload':
      return event.outcome === 'refused' ? logger.info(details, 'upload refused') : logger.debug(details, type)
    case 'store-unavailable':
      return logger.error(details, 'the store did not take a commit')
    default:
      return assertNever(event)
  }
}

export function logAnswered(logger: Logger, { error, ...request }: AnsweredRequest): void {
  if (error !== undefined) logger.error({ ...request, err: error }, 'request failed')
  else if (request.status >= 500) logger.warn(request, 'request')
  else logger.debug(request, 'request')
}
