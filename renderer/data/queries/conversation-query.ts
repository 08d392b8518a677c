import { chatRoom, type ChatKind, type RoomName, type Seq, type TicketId } from '#common/domain/ids.ts'
import type { ConversationSnapshot } from '../api.ts'
import type { MessageRow } from '../store/ports.ts'
import { isShown, unreadOfChat, type AccountView } from './account-view.ts'
import { participantsOf } from './chat-members.ts'
import { conversationItems } from './conversation-items.ts'
import { noOverlay } from './outbox-overlay.ts'
import { rightsIn } from './rights.ts'

export type ConversationArguments = { ticketId: TicketId; chat: ChatKind; limit: number }

/** One conversation: its newest lines, its people and what waits, followed until disposed. */
export function followConversation(
  view: AccountView,
  { ticketId, chat, limit }: ConversationArguments,
  changed: () => void,
): { snapshot(): ConversationSnapshot | undefined; dispose(): void } {
  const room = chatRoom(ticketId, chat)
  let newestFirst: MessageRow[] | undefined
  const facts = view.ticketFacts.follow(ticketId, changed)
  const quotes = createQuotes(view, room, changed)
  // One more than shown tells whether there are older ones.
  const stopLines = view.reads.followConversation(room, limit + 1, (rows) => {
    newestFirst = rows
    changed()
  })
  let isChatHere = view.chats.isComplete()
  if (!isChatHere)
    void view
      .fetchChat(room)
      .catch(() => undefined)
      .then(() => {
        isChatHere = true
        changed()
      })
  const fetchPictures = createPictureFetch(view, room)
  const stopWanting = view.core.wantChat(room)

  return {
    snapshot() {
      if (newestFirst === undefined || !isChatHere || !facts.isReady() || !view.people.isReady()) return undefined
      const rights = rightsIn(view, facts)
      // A right that is gone hides the chat at once; what waits on this device stays in sight.
      const isReadable = rights?.read(chat) ?? isShown(view, { chat })
      const newest = isReadable ? newestFirst : []
      const rows = newest.slice(0, limit).toReversed()
      fetchPictures(rows)
      const entry = isReadable ? view.chats.get(room) : undefined
      const overlay = view.overlay.get().chats.get(room) ?? noOverlay
      const participants = isReadable ? participantsOf(view, facts, chat) : {}
      const nameOf = (id: string): string => view.people.name(id) || participants[id]?.name || ''
      return {
        items: conversationItems(rows, {
          room,
          ownId: view.account.id,
          nameOf,
          detailOf: (id) => view.people.person(id).detail,
          receipts: new Map(Object.entries(facts.members(chat)?.receipts ?? {})),
          overlay,
          uploads: view.core.media.uploads.get(),
          canWrite: (other) => rights?.write(other) === true,
          lineAt: quotes.among(rows),
        }),
        hasOlder: newest.length > limit,
        lastSeq: Math.max(entry?.lastSeq ?? 0, newest[0]?.seq ?? 0),
        readSeq: Math.max(entry?.readSeq ?? 0, overlay.readSeq),
        unread: entry ? unreadOfChat(view, entry) : 0,
        canWrite: rights?.write(chat) === true,
        ready: entry !== undefined || facts.shown()?.number === null || !isBeingFetched(view),
      }
    },
    dispose() {
      facts.dispose()
      stopLines()
      quotes.dispose()
      stopWanting()
    },
  }
}

/** A chat that is not stored here may still come. */
function isBeingFetched({ core }: AccountView): boolean {
  const { state, syncing } = core.connection.get()
  return state === 'connecting' || syncing !== null
}

/** Small pictures of what is about to be on screen are asked for once, before they are scrolled to. */
function createPictureFetch({ core }: AccountView, room: RoomName): (rows: readonly MessageRow[]) => void {
  const asked = new Set<MessageRow>()
  return (rows) => {
    for (const row of rows) {
      if (row.type !== 'message' || row.attachments.length === 0 || asked.has(row)) continue
      asked.add(row)
      for (const { sha256 } of row.attachments) core.media.prefetch({ room, sha256, variant: 'thumb' })
    }
  }
}

/** Quoted lines that are older than those shown are read once. */
function createQuotes(view: AccountView, room: RoomName, changed: () => void) {
  const fetched = new Map<Seq, MessageRow | undefined>()
  let disposed = false

  async function fetch(seqs: Seq[]): Promise<void> {
    for (const seq of seqs) fetched.set(seq, undefined)
    for (const line of await view.reads.messagesAt(room, seqs)) fetched.set(line.seq, line)
    if (!disposed) changed()
  }

  return {
    among(rows: readonly MessageRow[]): (seq: Seq) => MessageRow | undefined {
      const shown = new Map(rows.map((row) => [row.seq, row]))
      const wanted = rows.flatMap((row) => (row.type === 'message' && row.replyTo !== null ? [row.replyTo] : []))
      const absent = [...new Set(wanted)].filter((seq) => !shown.has(seq) && !fetched.has(seq))
      // A quote that can't be read stays empty; the message itself is there.
      if (absent.length > 0) void fetch(absent).catch(() => undefined)
      return (seq) => shown.get(seq) ?? fetched.get(seq)
    },
    dispose() {
      disposed = true
    },
  }
}
