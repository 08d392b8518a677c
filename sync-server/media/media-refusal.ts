import { refusal, type RefusalCode } from '#common/protocol/refusals.ts'
import { statusOfRefusal } from '../api/http-exchange.ts'

/** The tus server takes refusals by exceptions only, and reads these two of them. */
class TusError extends Error {
  override name = 'TusError'
  readonly status_code: number
  readonly body: string

  constructor(status: number, body: string) {
    super(body)
    this.status_code = status
    this.body = body
  }
}

/** A refusal on its way through the tus server; `body` is its code. */
export function asTusError(code: RefusalCode): TusError {
  return new TusError(statusOfRefusal(refusal(code)), code)
}

export function badRequest(): TusError {
  return new TusError(400, '')
}
