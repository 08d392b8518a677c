import { readEntries, readReceipts } from '#common/documents/chat-document.ts'
import type { MessageId, Seq, UserId } from '#common/domain/ids.ts'
import type { Entry, Receipt } from '#common/domain/message.ts'
import type * as Y from 'yjs'

/** `files`: sha256 of its attachments. */
export type IndexedMessage = { id: MessageId; seq: Seq; authorId: UserId; files: readonly string[]; deleted: boolean }

/** Most messages have none: one list for them all. */
const noFiles: readonly string[] = []

/** What rules ask about the messages of an open chat, without reading the document again and again. */
export class ChatIndex {
  private readonly byId = new Map<MessageId, IndexedMessage>()
  private readonly messages: IndexedMessage[] = []
  private readonly receipts: Map<UserId, Receipt>
  private entryCount = 0

  constructor(document: Y.Doc) {
    this.receipts = readReceipts(document)
    this.add(readEntries(document))
    this.entryCount = document.getArray('entries').length
  }

  get lastSeq(): Seq {
    return this.entryCount
  }

  add(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.entryCount = entry.seq
      if (entry.type === 'message') {
        const files = entry.attachments?.map(({ sha256 }) => sha256) ?? noFiles
        const message = { id: entry.id, seq: entry.seq, authorId: entry.authorId, files, deleted: false }
        this.byId.set(entry.id, message)
        this.messages.push(message)
      } else if (entry.type === 'delete') {
        const target = this.byId.get(entry.target)
        if (target) target.deleted = true
      }
    }
  }

  message(id: MessageId): IndexedMessage | undefined {
    return this.byId.get(id)
  }

  messageAt(seq: Seq): IndexedMessage | undefined {
    return this.messages.find((message) => message.seq === seq)
  }

  /** Whether somebody else wrote a message after `seq`. */
  othersWroteAfter(seq: Seq, userId: UserId): boolean {
    for (let index = this.messages.length - 1; index >= 0; index--) {
      const message = this.messages[index]
      if (!message || message.seq <= seq) return false
      if (message.authorId !== userId) return true
    }
    return false
  }

  receipt(userId: UserId): Receipt {
    return this.receipts.get(userId) ?? { delivered: 0, read: 0 }
  }

  setReceipt(userId: UserId, receipt: Receipt): void {
    this.receipts.set(userId, receipt)
  }
}
