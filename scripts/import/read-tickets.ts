import { ticketFieldsSchema, type Stage, type TicketFields } from '#common/domain/ticket.ts'
import { columnKeyOf, priorityOf, stageOf, type Column, type ColumnKey } from './columns.ts'
import { readDueDate } from './due-date.ts'
import type { FindPerson, Place } from './find-person.ts'
import type { Problem, Reason } from './problem.ts'
import type { Row } from './read-table.ts'
import { contentIds, idOfExternal } from './ticket-ids.ts'

/** A ticket of the file. `id` becomes its id on the server. */
export type FileTicket = { line: number; id: string; fields: TicketFields; assigneeId: string | null }

/** Which columns the header names. A cell without a name stands for no column. */
export function readHeader(
  header: Row,
  ignored: (name: string) => boolean,
): { columns: Column[]; problems: Problem[] } {
  const columns: Column[] = []
  const problems: Problem[] = []
  const report = (reason: Reason, column?: string): unknown => problems.push({ line: header.line, column, reason })
  for (const [index, cell] of header.cells.entries()) {
    const name = cell.trim()
    if (name === '' || ignored(name)) continue
    const key = columnKeyOf(name)
    const same = columns.find((column) => column.key === key)
    if (key === undefined) report({ kind: 'unknown-column' }, name)
    else if (same) report({ kind: 'same-column', other: same.name }, name)
    else columns.push({ index, key, name })
  }
  if (!columns.some(({ key }) => key === 'title')) report({ kind: 'no-title-column' })
  return { columns, problems }
}

export type ReadOptions = { header: Row; columns: readonly Column[]; findPerson: FindPerson; source: string }

/** Tickets of the records that are right, and everything that is wrong with the others. */
export function readTickets(
  rows: readonly Row[],
  options: ReadOptions,
): { tickets: FileTicket[]; problems: Problem[] } {
  const { columns, source } = options
  const tickets: FileTicket[] = []
  const problems: Problem[] = []
  const idOfContent = contentIds(source)
  const lineOfExternal = new Map<string, number>()
  for (const row of rows) {
    const record = new TicketRecord(row, options)
    const { fields, assigneeId } = record.read()
    const externalId = record.cell('externalId')
    const firstLine = lineOfExternal.get(externalId)
    if (externalId === '' && columns.some(({ key }) => key === 'externalId'))
      record.report('externalId', { kind: 'required' })
    else if (firstLine !== undefined)
      record.report('externalId', { kind: 'same-external-id', value: externalId, firstLine })
    else if (externalId !== '') lineOfExternal.set(externalId, row.line)
    problems.push(...record.problems)
    if (record.problems.length > 0 || !fields) continue
    const id = externalId === '' ? idOfContent({ ...fields, assigneeId }) : idOfExternal(source, externalId)
    tickets.push({ line: row.line, id, fields, assigneeId })
  }
  return { tickets, problems }
}

/** One record of the file while it is read. */
class TicketRecord {
  readonly problems: Problem[] = []
  private readonly row: Row
  private readonly options: ReadOptions

  constructor(row: Row, options: ReadOptions) {
    this.row = row
    this.options = options
  }

  report(key: ColumnKey | undefined, reason: Reason): void {
    const column = this.options.columns.find((candidate) => candidate.key === key)?.name
    this.problems.push({ line: this.row.line, column, reason })
  }

  /** Without the spaces around it. A description keeps its lines, everything else is one line. */
  cell(key: ColumnKey): string {
    const column = this.options.columns.find((candidate) => candidate.key === key)
    const text = (column && this.row.cells[column.index])?.trim() ?? ''
    return key === 'description' ? text : text.replace(/\s*\n\s*/g, ' ')
  }

  read(): { fields: TicketFields | undefined; assigneeId: string | null } {
    this.checkShape()
    const given: Record<string, string> = {}
    for (const { key } of this.options.columns) {
      const text = this.cell(key)
      if (text === '' || key === 'externalId' || key === 'stage' || key === 'assigneeId') continue
      const value = this.value(key, text)
      if (value !== undefined) given[key] = value
    }
    const assigneeId = this.person('assigneeId', this.cell('assigneeId')) ?? null
    this.checkStage()
    return { fields: this.validated(given), assigneeId }
  }

  private checkShape(): void {
    const { cells } = this.row
    const columns = this.options.header.cells.length
    if (cells.length < columns) this.report(undefined, { kind: 'too-few-cells', cells: cells.length, columns })
    for (const [index, cell] of cells.entries()) {
      const isNamed = (this.options.header.cells[index] ?? '').trim() !== ''
      if (!isNamed && cell.trim() !== '') this.report(undefined, { kind: 'cell-without-column', value: cell.trim() })
    }
  }

  /** What a cell means; undefined after a problem was reported. */
  private value(key: Exclude<ColumnKey, 'externalId' | 'stage' | 'assigneeId'>, text: string): string | undefined {
    if (key === 'customerId' || key === 'requesterId') return this.person(key, text)
    if (key !== 'priority' && key !== 'dueAt') return text
    const value = key === 'priority' ? priorityOf(text) : readDueDate(text)
    if (value === undefined)
      this.report(key, { kind: key === 'priority' ? 'unknown-priority' : 'bad-date', value: text })
    return value
  }

  private person(place: Place, text: string): string | undefined {
    if (text === '') return undefined
    const found = this.options.findPerson(text, place)
    if (found.ok) return found.value
    this.report(place, { kind: 'person', value: text, failure: found.reason })
    return undefined
  }

  /** A ticket begins as new, or as assigned when it has an assignee: the column can only agree. */
  private checkStage(): void {
    const word = this.cell('stage')
    if (word === '') return
    const isAssigned = this.cell('assigneeId') !== ''
    const stage: Stage | undefined = stageOf(word)
    if (stage === undefined) this.report('stage', { kind: 'unknown-stage', value: word })
    else if (stage !== 'new' && stage !== 'assigned') this.report('stage', { kind: 'stage-not-imported', stage })
    else if (stage === 'assigned' && !isAssigned) this.report('stage', { kind: 'assigned-to-nobody' })
    else if (stage === 'new' && isAssigned) this.report('stage', { kind: 'new-but-assigned' })
  }

  private validated(given: Record<string, string>): TicketFields | undefined {
    const parsed = ticketFieldsSchema.safeParse(given)
    if (parsed.success) return parsed.data
    for (const issue of parsed.error.issues) {
      const column = this.options.columns.find(({ key }) => key === issue.path[0])
      const value = given[String(issue.path[0])] ?? ''
      if (value === '') this.report(column?.key, { kind: 'required' })
      else if (issue.code === 'too_big')
        this.report(column?.key, { kind: 'too-long', limit: Number(issue.maximum), length: value.length })
      else this.report(column?.key, { kind: 'invalid', value })
    }
    return undefined
  }
}
