import * as z from 'zod/mini'
import { parseCommand } from '#common/domain/command.ts'
import { refusalSchema } from '#common/protocol/refusals.ts'
import type { JournalEntry, JournalItem } from '#common/ipc.ts'
import type { RoomName } from '#common/domain/ids.ts'
import { emptyDraft, isEmptyDraft, keptFileSchema, type Draft } from '../media/kept-file.ts'
import type { OutboxRow } from '../store/ports.ts'

/** What a journal's item of kind `command` holds as JSON. */
const rowSchema = z.object({
  order: z.int(),
  command: z.unknown(),
  state: z.enum(['queued', 'refused']),
  refusal: z.nullable(refusalSchema),
  heldUntil: z.optional(z.number()),
  ticketNumber: z.optional(z.int()),
  files: z.optional(z.array(keptFileSchema)),
  waits: z.optional(z.literal(true)),
})

/** Of kind `draft`: a JSON string where there is only text, as versions without files wrote it; otherwise this. */
const draftSchema = z.object({ text: z.string(), files: z.array(keptFileSchema), originals: z.boolean() })

export function rowEntry(row: OutboxRow): JournalEntry {
  const { id, ...rest } = row
  return { kind: 'command', id, value: JSON.stringify(rest) }
}

export function rowTombstone(id: string): JournalEntry {
  return { kind: 'command', id, value: null }
}

export function draftEntry(room: RoomName, draft: Draft): JournalEntry {
  const { text, files, originals } = draft
  const value = files.length === 0 && !originals ? text : { text, files, originals }
  return { kind: 'draft', id: room, value: isEmptyDraft(draft) ? null : JSON.stringify(value) }
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

export type JournalledWriting = { rows: OutboxRow[]; drafts: Map<RoomName, Draft>; sentUpTo: number }

/** Reads what a journal kept. An item that this version can't read stays in the journal, untouched, for one that can. */
export function readJournalItems(items: readonly JournalItem[]): JournalledWriting {
  const rows: OutboxRow[] = []
  const drafts = new Map<RoomName, Draft>()
  let sentUpTo = 0
  for (const item of items) {
    const value = parseJson(item.value)
    if (item.kind === 'draft') {
      const draft = typeof value === 'string' ? { ...emptyDraft, text: value } : draftSchema.safeParse(value).data
      if (draft !== undefined) drafts.set(item.id, draft)
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
