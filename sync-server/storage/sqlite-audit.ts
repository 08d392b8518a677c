import type Database from 'libsql'
import type { AuditEntry } from '#common/protocol/http-api.ts'
import type { AuditDraft, AuditQuery } from './log-store.ts'

/**
 * Reads lines of the audit, newest first. The statement names only the filters that were given, so that their indexes are
 * used; it is prepared each time, for an administrator asks once in a while.
 */
export function readAuditLines(
  database: Database.Database,
  { from, to, byId, subject, subjectId, before, limit }: AuditQuery,
): AuditEntry[] {
  const filters: [condition: string, value: string | number | undefined][] = [
    ['at >= ?', from],
    ['at < ?', to],
    ['person = ?', byId],
    ['subject = ?', subject],
    ['subject_id = ?', subjectId],
    ['id < ?', before],
  ]
  const given = filters.filter(([, value]) => value !== undefined)
  const where = given.length === 0 ? '' : `WHERE ${given.map(([condition]) => condition).join(' AND ')}`
  const rows = database
    .prepare(`SELECT id, line FROM audit ${where} ORDER BY id DESC LIMIT ?`)
    .raw()
    .all(...given.map(([, value]) => value), limit) as [id: number, line: string][]
  // Written by this store: nothing of it is foreign.
  return rows.map(([id, line]) => ({ id, ...(JSON.parse(line) as AuditDraft) }))
}
