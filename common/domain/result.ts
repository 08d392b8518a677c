import type { Refusal } from '../protocol/refusals.ts'

/** An expected outcome as a value. An exception is kept for defects and lost input or output. */
export type Result<Value, Reason = Refusal> = { ok: true; value: Value } | { ok: false; reason: Reason }

export function succeed<Value>(value: Value): { ok: true; value: Value } {
  return { ok: true, value }
}

export function fail<Reason>(reason: Reason): { ok: false; reason: Reason } {
  return { ok: false, reason }
}

/** Ends a switch over a union: the compiler refuses the call when a member was forgotten. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected member of a union: ${JSON.stringify(value)}`)
}
