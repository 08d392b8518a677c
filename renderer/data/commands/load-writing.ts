import type { JournalContent, JournalEntry } from '#common/ipc.ts'
import type { ClientPorts } from '../client-core.ts'
import { emptyDraft, type Draft } from '../media/kept-file.ts'
import type { OutboxRow, OutboxStore } from '../store/ports.ts'
import { draftEntry, isSentMark, readJournalItems, rowEntry, type JournalledWriting } from './journal-value.ts'

/** What the user wrote, as found at the start, and what must be said about how it was found. */
export type LoadedWriting = JournalledWriting & {
  generation: number
  /** Commands and drafts that the journal holds: `kind` and `id` joined by a space. */
  journalKeys: Set<string>
  /** The browser's database had lost what the journal had kept. */
  databaseLost: boolean
  /** A damaged tail of the journal was cut off. */
  journalRepaired: boolean
  /** The journal can't be read; null when it can or there is none. */
  journalProblem: string | null
  /** Everything that was kept is among `rows` and `drafts`: a file that none of them names is needed by nobody. */
  isWhole: boolean
}

/**
 * Brings journal and database together. Where there is a journal it is the authority: it is durable before the database is
 * written. Only when the journal itself shows that it lost something do both count, because a command that is sent twice
 * does no harm and one that is lost does.
 */
export async function loadWriting(
  account: string,
  journal: ClientPorts['journal'],
  store: OutboxStore,
  rebuilt: boolean,
): Promise<LoadedWriting> {
  const [rows, drafts, mark, content] = await Promise.all([
    store.rows(),
    store.drafts(),
    store.journalMark(),
    journal && readJournal(account, journal),
  ])
  // Without the journal's word each of them may have been handed over before the last end of the app.
  const sentUpTo = rows.reduce((highest, { order }) => Math.max(highest, order), 0)
  const stored: JournalledWriting = { rows, drafts, sentUpTo }
  const nothing = { generation: 0, journalKeys: new Set<string>(), databaseLost: rebuilt, journalRepaired: false }
  if (journal === null || content === null) return { ...stored, ...nothing, journalProblem: null, isWhole: !rebuilt }
  if ('problem' in content) return { ...stored, ...nothing, journalProblem: content.problem, isWhole: false }
  const kept = readJournalItems(content.items)
  const inDoubt = content.repaired || mark === null || mark.generation > content.generation || isEmptied(content, mark)
  const writing = inDoubt ? unite(kept, stored) : withReadable(kept, stored, content)
  const journalKeys = keysOf(kept)
  await complete(account, journal, store, writing, stored, journalKeys)
  const keptItems = kept.rows.length + kept.drafts.size
  const expected = mark === null ? keptItems : Math.min(mark.items, keptItems)
  return {
    ...writing,
    generation: content.generation,
    journalKeys,
    databaseLost: rebuilt || stored.rows.length + stored.drafts.size < expected,
    journalRepaired: content.repaired,
    journalProblem: null,
    isWhole: !inDoubt && keptItems === content.items.filter((item) => !isSentMark(item)).length,
  }
}

export function keyOf({ kind, id }: Pick<JournalEntry, 'kind' | 'id'>): string {
  return `${kind} ${id}`
}

function keysOf({ rows, drafts }: JournalledWriting): Set<string> {
  const ids = [...rows.map(({ id }) => ({ kind: 'command' as const, id }))]
  return new Set([...ids, ...[...drafts.keys()].map((id) => ({ kind: 'draft' as const, id }))].map(keyOf))
}

async function readJournal(
  account: string,
  journal: NonNullable<ClientPorts['journal']>,
): Promise<JournalContent | { problem: string }> {
  try {
    return await journal.read(account)
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

/** A journal that was deleted looks like one whose items were all sent. */
function isEmptied(content: JournalContent, mark: { items: number }): boolean {
  return content.items.length === 0 && mark.items > 0
}

/** Of an item of the journal that can't be read the database may have a copy that can. */
function withReadable(
  kept: JournalledWriting,
  stored: JournalledWriting,
  { items }: JournalContent,
): JournalledWriting {
  const readable = new Set(kept.rows.map(({ id }) => id))
  const unreadable = new Set(items.map(({ id }) => id).filter((id) => !readable.has(id)))
  return unite(kept, { rows: stored.rows.filter(({ id }) => unreadable.has(id)), drafts: new Map(), sentUpTo: 0 })
}

function unite(kept: JournalledWriting, stored: JournalledWriting): JournalledWriting {
  const rows = new Map(stored.rows.map((row) => [row.id, row]))
  for (const row of kept.rows) {
    const other = rows.get(row.id)
    // A refusal is the later word about a command, and so is that it is held no more, or that it has joined the line.
    const isReleased = other !== undefined && other.heldUntil === undefined && row.heldUntil !== undefined
    const hasJoined = other !== undefined && other.waits === undefined && row.waits === true
    if (other?.state !== 'refused' && !isReleased && !hasJoined) rows.set(row.id, row)
  }
  return {
    rows: [...rows.values()].sort((one, other) => one.order - other.order),
    drafts: new Map([...stored.drafts, ...kept.drafts]),
    // A journal that lost this as well knows nothing of what was sent.
    sentUpTo: kept.sentUpTo === 0 ? stored.sentUpTo : kept.sentUpTo,
  }
}

/** Writes into each of the two what only the other has. A failure here loses nothing: the other one still has it. */
async function complete(
  account: string,
  journal: NonNullable<ClientPorts['journal']>,
  store: OutboxStore,
  writing: JournalledWriting,
  stored: JournalledWriting,
  journalKeys: Set<string>,
): Promise<void> {
  const missing = [
    ...writing.rows.map(rowEntry),
    ...[...writing.drafts].map(([room, draft]) => draftEntry(room, draft)),
  ].filter((entry) => !journalKeys.has(keyOf(entry)))
  for (let start = 0; start < missing.length; start += 500) {
    const entries = missing.slice(start, start + 500)
    const outcome = await journal.write(account, entries).catch(() => undefined)
    if (outcome?.ok) for (const entry of entries) journalKeys.add(keyOf(entry))
  }
  try {
    await store.put(writing.rows.filter((row) => !isStored(row, stored.rows)))
    await store.remove(stored.rows.filter((row) => !writing.rows.some(({ id }) => id === row.id)).map(({ id }) => id))
    for (const room of new Set([...stored.drafts.keys(), ...writing.drafts.keys()])) {
      const draft = writing.drafts.get(room) ?? emptyDraft
      if (!isSameDraft(draft, stored.drafts.get(room) ?? emptyDraft)) await store.putDraft(room, draft)
    }
  } catch {
    // The database is behind; the journal has it all.
  }
}

function isStored(row: OutboxRow, stored: readonly OutboxRow[]): boolean {
  return stored.some(
    ({ id, state, heldUntil, order, waits }) =>
      id === row.id && state === row.state && heldUntil === row.heldUntil && order === row.order && waits === row.waits,
  )
}

function isSameDraft(one: Draft, other: Draft): boolean {
  return draftEntry('', one).value === draftEntry('', other).value
}
