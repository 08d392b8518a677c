import type { Stage } from '#common/domain/ticket.ts'

/** A ticket whose due date is nearer than this is «soon», ms. */
const soonMs = 60 * 60_000

const stagesWithoutDue: readonly Stage[] = ['done', 'checked', 'closed', 'customerRefused']

/** Where a ticket stands towards its due date; lengths in ms. `none`: no date, or the work is over. */
export type Due = { state: 'none' } | { state: 'ahead' | 'soon'; leftMs: number } | { state: 'overdue'; lateMs: number }

export function dueOf(dueAt: string | undefined, stage: Stage, now: number): Due {
  const at = dueAt ? Date.parse(dueAt) : Number.NaN
  if (Number.isNaN(at) || stagesWithoutDue.includes(stage)) return { state: 'none' }
  const leftMs = at - now
  if (leftMs < 0) return { state: 'overdue', lateMs: -leftMs }
  return { state: leftMs <= soonMs ? 'soon' : 'ahead', leftMs }
}
