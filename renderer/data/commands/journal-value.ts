import * as z from 'zod/mini'
import { parseCommand } from '#common/domain/command.ts'
import { refusalSchema } from '#common/protocol/refusals.ts'
import type { JournalEntry, JournalItem } from '#common/ipc.ts'
import type { RoomName } from '#common/domain/ids.ts'
import type { OutboxRow } from '../store/ports.ts'

/** What a journal's item of kind `command` holds as JSON; of kind `draft` it is the text as a JSON string. */
const rowSchema = z.object({
  order: z.int(),
  command: z.unknown(),
  state: z.enum(['queued', 'refused']),
  refusal: z.nullable(refusalSchema),
  heldUntil: z.optional(z.number()),
})

export function rowEntry(row: OutboxRow): JournalEntry {
  const { order, command, state, refusal, heldUntil } = row
  return { kind: 'command', id: row.id, value: JSON.stringify({ order, command, state, refusal, heldUntil }) }
}

export function rowTombstone(id: string): JournalEntry {
  return { kind: 'command', id, value: null }
}

export function draftEntry(room: RoomName, text: string): JournalEntry {
  return { kind: 'draft', id: room, value: text === '' ? null : JSON.stringify(text) }
}

const sentMarkId = 'sent-up-to'
const sentMarkSchema = z.object({ sentUpTo: z.int() })

/** Commands up to this order may have been handed to the server: what became of them is the server's to say. */
export function sentMarkEntry(order: number): JournalEntry {
  return { kind: 'command', id: sentMarkId, value: JSON.stringify({ sentUpTo: order }) }
}

export function isSentMark({ id }: Pick<JournalEntry, 'id'>): boolean {
  return id === sentMarkId
}

export type JournalledWriting = { rows: OutboxRow[]; drafts: Map<RoomName, string>; sentUpTo: number }

/** Reads what a journal kept. An item that this version can't read stays in the journal, untouched, for one that can. */
export function readJournalItems(items: readonly JournalItem[]): JournalledWriting {
  const rows: OutboxRow[] = []
  const drafts = new Map<RoomName, string>()
  let sentUpTo = 0
  for (const item of items) {
    const value = parseJson(item.value)
    if (item.kind === 'draft') {
      if (typeof value === 'string') drafts.set(item.id, value)
      continue
    }
    const mark = item.id === sentMarkId ? sentMarkSchema.safeParse(value) : undefined
    if (mark?.success) sentUpTo = mark.data.sentUpTo
    const row = rowSchema.safeParse(value)
    const command = row.success ? parseCommand(row.data.command) : undefined
    if (row.success && command?.ok) rows.push({ ...row.data, id: item.id, command: command.value })
  }
  return { rows, drafts, sentUpTo }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
