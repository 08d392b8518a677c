import type { Draft, KeptFile } from '#renderer/data/media/kept-file.ts'
import type {
  ChatRow,
  MessageRow,
  OutboxRow,
  ProjectionBatch,
  RoomState,
  StoredTicket,
} from '#renderer/data/store/ports.ts'

/** Rows with everything in them that a test does not speak of. */
export function emptyBatch(): ProjectionBatch {
  return { messages: [], chats: [], tickets: [], people: [], directory: null, removedChats: [], removedTickets: [] }
}

export function roomState(given: Partial<RoomState>): RoomState {
  return { room: 'ticket.T1', epoch: 1, seq: 1, entries: 0, state: Uint8Array.of(0, 0), ...given }
}

type TextRow = Extract<MessageRow, { type: 'message' }>

export function messageRow(given: Partial<Omit<TextRow, 'type'>>): TextRow {
  const seq = given.seq ?? 1
  return {
    room: 'chat.T1.customer',
    seq,
    id: `M${seq}`,
    at: 1_700_000_000_000 + seq,
    type: 'message',
    authorId: 'other',
    writtenAt: '2025-11-22T08:00:00.000Z',
    text: 'Добрый день',
    deleted: false,
    editedAt: null,
    attachments: [],
    replyTo: null,
    crossPost: null,
    ...given,
  }
}

export function chatRow(given: Partial<ChatRow>): ChatRow {
  return {
    room: 'chat.T1.customer',
    ticketId: 'T1',
    chat: 'customer',
    lastSeq: 1,
    lastAt: 1_700_000_000_000,
    last: { seq: 1, id: 'M1', authorId: 'other', text: 'Добрый день', attachments: 0, at: 1_700_000_000_000 },
    readSeq: 0,
    unread: 0,
    mine: false,
    participants: { other: { name: 'Пётр Сомов', kind: 'customer', addedBy: 'other', addedAt: 1 } },
    receipts: { other: { delivered: 1, read: 1 } },
    ...given,
  }
}

export function storedTicket(given: Partial<StoredTicket>): StoredTicket {
  return {
    id: 'T1',
    number: 1,
    stage: 'new',
    assigneeId: 'engineer',
    requesterId: 'other',
    customerId: 'other',
    createdById: 'dispatcher',
    createdAt: 1_700_000_000_000,
    stageAt: 1_700_000_000_000,
    lastAt: 1_700_000_000_000,
    fields: { title: 'Не работает кондиционер', company: 'ООО «Ромашка»', priority: 'high' },
    history: [
      {
        at: 1_700_000_000_000,
        writtenAt: '2025-11-22T08:00:00.000Z',
        byId: 'dispatcher',
        commandId: '01HZZZZZZZZZZZZZZZZZZZZZZZ',
        changes: [{ field: 'stage', from: null, to: 'new' }],
      },
    ],
    ...given,
  }
}

const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A ULID that depends on `count` only. */
export function ulid(count: number): string {
  let text = ''
  for (let rest = count; text.length < 16; rest = Math.floor(rest / 32)) text = digits.charAt(rest % 32) + text
  return `01HZZZZZZZ${text}`
}

/** A photo that is ready to be sent; its hashes depend on `count` only. */
export function keptFile(count: number, given: Partial<KeptFile> = {}): KeptFile {
  const sha256 = count.toString(16).padStart(64, '0')
  return {
    id: `F${count}`,
    name: `фото ${count}.jpg`,
    kind: 'photo',
    picked: { sha256: count.toString(16).padStart(64, 'f'), size: 100 + count, type: 'image/jpeg' },
    sent: { sha256, size: 10 + count, mime: 'image/jpeg', width: 4, height: 3 },
    failure: null,
    ...given,
  }
}

export function draft(text: string, files: KeptFile[] = []): Draft {
  return { text, files, originals: false }
}

export function outboxRow(given: Partial<OutboxRow> & { order: number }): OutboxRow {
  const id = given.id ?? ulid(given.order)
  return {
    id,
    command: {
      id,
      type: 'message.post',
      writtenAt: '2025-11-22T08:00:00.000Z',
      ticketId: 'T1',
      to: ['customer'],
      text: 'Выезжаем',
      attachments: [],
    },
    state: 'queued',
    refusal: null,
    ...given,
  }
}
