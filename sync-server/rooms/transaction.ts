import { appendEntries } from '#common/documents/chat-document.ts'
import { parseRoom, type Room, type RoomName, type Seq, type TicketId, type UserId } from '#common/domain/ids.ts'
import type { EntryDraft } from '#common/domain/message.ts'
import type { Facts, FactWrite } from '../policy/facts.ts'
import { mediaFactKinds } from '../policy/media-facts.ts'
import type { VisibilityChange } from '../policy/room-access.ts'
import type { AuditDraft, Commit, CommandOutcome, UpdateSeq } from '../storage/log-store.ts'
import type { DocumentCache } from './document-cache.ts'
import type { OpenDocument } from './open-document.ts'

/** One update of a room, as it is sent to those who follow it once it is durable. */
export type RoomUpdate = {
  room: RoomName
  parsed: Room
  epoch: number
  seq: UpdateSeq
  update: Uint8Array
  /** With it the room's epoch began: all of the room, for those who have a copy of what it was before. */
  rewritten?: Uint8Array | undefined
  /** Updates of the room that no snapshot stands for. */
  loose: number
  /** Of a chat: how many entries it has after this update. */
  chatSeq?: Seq | undefined
}

/** Whose rights may have changed: of everybody, or of some tickets. */
export type RightsChange = { everybody: boolean; tickets: Set<TicketId> }

/** Kinds of facts by which nobody gains or loses a room. */
const withoutRights: ReadonlySet<FactWrite['kind']> = new Set(['activity', 'device', 'erasure', ...mediaFactKinds])

/** What is done to one room: entries appended to a chat, or anything else. */
type Change = { drafts: readonly EntryDraft[] } | ((open: OpenDocument) => void)

/** Everything one command brings about, collected on the state that runs ahead, to be stored whole or not at all. */
export class Transaction {
  readonly facts: Facts
  readonly nowMs: number
  readonly updates: RoomUpdate[] = []
  readonly factWrites: FactWrite[] = []
  readonly rights: RightsChange = { everybody: false, tickets: new Set() }
  readonly commit: Commit = { appends: [], records: [], visibility: [] }
  private readonly documents: DocumentCache
  private readonly group: number
  private readonly changes = new Map<RoomName, Change[]>()
  private readonly rewritten = new Set<RoomName>()

  constructor(facts: Facts, documents: DocumentCache, nowMs: number, group: number) {
    this.facts = facts
    this.documents = documents
    this.nowMs = nowMs
    this.group = group
  }

  open(room: RoomName): OpenDocument {
    return this.documents.get(room)
  }

  isOpen(room: RoomName): boolean {
    return this.documents.find(room) !== undefined
  }

  /** Changes of one room become one update. */
  change(room: RoomName, change: (open: OpenDocument) => void): void {
    this.add(room, change)
  }

  /** A change after which nothing that it takes away is left anywhere: the room begins a new epoch. */
  rewrite(room: RoomName, change: (open: OpenDocument) => void): void {
    this.add(room, change)
    this.rewritten.add(room)
  }

  /** Appends entries to a chat. */
  append(room: RoomName, drafts: readonly EntryDraft[]): void {
    this.add(room, { drafts })
  }

  private add(room: RoomName, change: Change): void {
    const others = this.changes.get(room)
    if (others) others.push(change)
    else this.changes.set(room, [change])
  }

  record(write: FactWrite): void {
    this.facts.apply(write)
    this.factWrites.push(write)
    this.commit.records.push(write)
    if (write.kind === 'ticket') this.rights.tickets.add(write.key)
    else if (write.kind === 'chat') this.noteChat(write.key)
    else if (!withoutRights.has(write.kind)) this.rights.everybody = true
  }

  visibility(changes: readonly VisibilityChange[]): void {
    this.commit.visibility.push(...changes)
  }

  audit(lines: readonly AuditDraft[]): void {
    if (lines.length > 0) this.commit.audit = [...(this.commit.audit ?? []), ...lines]
  }

  outcome(outcome: CommandOutcome): void {
    this.commit.outcome = outcome
  }

  /** Writes the documents. Nothing may be added afterwards. */
  finish(): void {
    for (const [room, changes] of this.changes) {
      const open = this.open(room)
      const expectedHead = open.head
      const update = this.write(open, changes)
      if (!update) continue
      open.lastGroup = this.group
      const rewritten = this.rewritten.has(room) ? open.beginEpoch() : undefined
      this.commit.appends.push({ room, expectedHead, updates: [update], rewritten })
      const { parsed, epoch, head: seq, loose } = open
      const chatSeq = parsed.kind === 'chat' ? open.lastSeq : undefined
      this.updates.push({ room, parsed, epoch, seq, update, rewritten, loose, chatSeq })
    }
  }

  get isEmpty(): boolean {
    const { appends, records, visibility, outcome } = this.commit
    return appends.length === 0 && records.length === 0 && visibility.length === 0 && outcome === undefined
  }

  private write(open: OpenDocument, changes: readonly Change[]): Uint8Array | undefined {
    const drafts = changes.flatMap((change) => ('drafts' in change ? change.drafts : []))
    if (drafts.length > 0 && changes.every((change) => 'drafts' in change)) return open.append(drafts, this.nowMs)
    return open.write((document) => {
      for (const change of changes)
        if ('drafts' in change) open.chat.add(appendEntries(document, change.drafts, this.nowMs))
        else change(open)
    })
  }

  private noteChat(room: RoomName): void {
    const parsed = parseRoom(room)
    if (parsed?.kind === 'chat') this.rights.tickets.add(parsed.ticketId)
  }
}

export type OutcomeKey = { userId: UserId; commandId: string }
