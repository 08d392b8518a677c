import type { AuditEntry } from '#common/protocol/http-api.ts'

/** Excel takes a file for UTF-8 by this. */
const byteOrderMark = '\uFEFF'
const header = ['id', 'at', 'writtenAt', 'byId', 'byName', 'action', 'subject', 'subjectId', 'subjectName', 'field', 'from', 'to'] // prettier-ignore

/** The audit as RFC 4180 has it: a line for each change, times in ISO 8601 (UTC). `pages` come as they are read. */
export async function* auditCsv(pages: AsyncIterable<readonly AuditEntry[]>): AsyncGenerator<string> {
  yield byteOrderMark + lineOf(header)
  for await (const entries of pages) yield entries.map(linesOf).join('')
}

function linesOf(entry: AuditEntry): string {
  const { id, at, writtenAt, byId, byName, action, subject, subjectId, subjectName, changes } = entry
  const start = [id, new Date(at).toISOString(), writtenAt ?? '', byId, byName, action, subject, subjectId, subjectName]
  if (changes.length === 0) return lineOf([...start, '', '', ''])
  return changes.map(({ field, from, to }) => lineOf([...start, field, textOf(from), textOf(to)])).join('')
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function lineOf(cells: readonly (string | number)[]): string {
  return `${cells.map((cell) => quoted(withoutFormula(String(cell)))).join(',')}\r\n`
}

/** A spreadsheet computes what begins like this, and a name that somebody gave could reach into its reader's computer. */
function withoutFormula(cell: string): string {
  return /^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
