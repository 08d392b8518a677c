import { auditSubjects } from '#common/protocol/http-api.ts'
import type { AuditArguments } from '../../data/api.ts'

/** As the fields have it: days as `2026-11-22`; '' stands for all. */
export type AuditFilter = { from: string; to: string; byId: string; subject: string }
/** In place of a day of which only a part is typed: its control gives '' then, as if the field had been emptied. */
export const halfTyped = 'half-typed'
export const noAuditFilter: AuditFilter = { from: '', to: '', byId: '', subject: '' }

export const isHalfTyped = ({ from, to }: AuditFilter): boolean => from === halfTyped || to === halfTyped

/** What the server is asked for: whole local days, the last one included. */
export function auditArguments({ from, to, byId, subject }: AuditFilter): AuditArguments {
  const first = dayStart(from, 0)
  const end = dayStart(to, 1)
  const known = auditSubjects.find((each) => each === subject)
  return {
    ...(first === null ? {} : { from: first }),
    ...(end === null ? {} : { to: end }),
    ...(byId === '' ? {} : { byId }),
    ...(known ? { subject: known } : {}),
  }
}

/** Local midnight `daysLater` after the day; null for what is no day. A day of a clock change is not 24 hours long. */
function dayStart(day: string, daysLater: number): number | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day)
  if (!parts) return null
  return new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + daysLater).getTime()
}
