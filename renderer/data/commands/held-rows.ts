import type { OutboxRow } from '../store/ports.ts'

/**
 * At a start: how long a row is still held, ms; null when it is not. Never longer than it was to be held at all, for the
 * device's clock may have been set back since.
 */
export function holdLeftMs({ heldUntil, command }: OutboxRow, nowMs: number): number | null {
  if (heldUntil === undefined) return null
  const left = Math.min(heldUntil - nowMs, heldUntil - Date.parse(command.writtenAt))
  return left > 0 ? left : null
}

/** The row as it is held from now on: for `leftMs`, or not any more. */
export function heldFor({ heldUntil: _heldUntil, ...row }: OutboxRow, leftMs: number | null, nowMs: number): OutboxRow {
  return leftMs === null ? row : { ...row, heldUntil: nowMs + leftMs }
}
