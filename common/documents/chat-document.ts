import type * as Y from 'yjs'
import {
  entrySchema,
  participantSchema,
  receiptSchema,
  type Entry,
  type EntryDraft,
  type Participant,
  type Receipt,
} from '../domain/message.ts'
import type { MessageId, Seq, UserId } from '../domain/ids.ts'

/**
 * Document of room `chat.<ticketId>.<chat>`, written by the server only. `entries`: Y.Array of entry JSON, append-only but
 * for the blanking of what was deleted, index + 1 = seq. `receipts`: Y.Map user id → receipt. `participants`: Y.Map user id → participant.
 */
export const entriesList = 'entries'
const entriesOf = (document: Y.Doc): Y.Array<unknown> => document.getArray(entriesList)
const receiptsOf = (document: Y.Doc): Y.Map<unknown> => document.getMap('receipts')
const participantsOf = (document: Y.Doc): Y.Map<unknown> => document.getMap('participants')

export function lastSeqOf(document: Y.Doc): Seq {
  return entriesOf(document).length
}

/** Server: appends entries with the next numbers and the server's time; returns them as written. */
export function appendEntries(document: Y.Doc, drafts: readonly EntryDraft[], atMs: number): Entry[] {
  const entries = numberEntries(drafts, lastSeqOf(document), atMs)
  entriesOf(document).push(entries)
  return entries
}

/** Server: the drafts as they stand in the chat's list after its entry `last`. */
export function numberEntries(drafts: readonly EntryDraft[], last: Seq, atMs: number): Entry[] {
  return drafts.map((draft, offset): Entry => ({ ...draft, seq: last + 1 + offset, at: atMs }))
}

/**
 * Entries after `after`, oldest first. What this version can't read (a newer server's type) is left out here and stays in
 * the document. `seq` comes from the position, whatever the entry says.
 */
export function readEntries(document: Y.Doc, after: Seq = 0): Entry[] {
  const entries: Entry[] = []
  entriesOf(document)
    .slice(after)
    .forEach((value, offset) => {
      const parsed = entrySchema.safeParse(value)
      if (parsed.success) entries.push({ ...parsed.data, seq: after + offset + 1 })
    })
  return entries
}

/**
 * Server: takes out what deleted messages said, and what their edits did. The entries stay in their places, without text,
 * files and mentions.
 */
export function blankDeleted(document: Y.Doc): void {
  const entries = readEntries(document)
  const deleted = new Set(entries.flatMap((entry) => (entry.type === 'delete' ? [entry.target] : [])))
  for (const entry of entries) {
    const blank = blankOf(entry, deleted)
    if (!blank) continue
    entriesOf(document).delete(entry.seq - 1)
    entriesOf(document).insert(entry.seq - 1, [blank])
  }
}

/** Undefined for an entry that was not deleted or says nothing any more. */
function blankOf(entry: Entry, deleted: ReadonlySet<MessageId>): Entry | undefined {
  if (entry.type === 'edit') return deleted.has(entry.target) && entry.text !== '' ? { ...entry, text: '' } : undefined
  if (entry.type !== 'message' || !deleted.has(entry.id)) return undefined
  const { attachments, mentions, ...kept } = entry
  const saysSomething = entry.text !== '' || attachments !== undefined || mentions !== undefined
  return saysSomething ? { ...kept, text: '' } : undefined
}

export function writeReceipt(document: Y.Doc, userId: UserId, receipt: Receipt): void {
  receiptsOf(document).set(userId, receipt)
}

export function readReceipts(document: Y.Doc): Map<UserId, Receipt> {
  return readMap(receiptsOf(document), receiptSchema)
}

export function writeParticipant(document: Y.Doc, userId: UserId, participant: Participant | null): void {
  if (participant === null) participantsOf(document).delete(userId)
  else participantsOf(document).set(userId, participant)
}

export function readParticipants(document: Y.Doc): Map<UserId, Participant> {
  return readMap(participantsOf(document), participantSchema)
}

function readMap<Value>(
  map: Y.Map<unknown>,
  schema: { safeParse(value: unknown): { success: true; data: Value } | { success: false } },
): Map<string, Value> {
  const values = new Map<string, Value>()
  for (const [key, value] of map) {
    const parsed = schema.safeParse(value)
    if (parsed.success) values.set(key, parsed.data)
  }
  return values
}
