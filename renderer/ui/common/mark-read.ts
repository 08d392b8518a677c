import type { ChatKind, TicketId } from '#common/domain/ids.ts'
import type { NaryadData, Watchables } from '../../data/api.ts'

type Conversation = Watchables['conversation']['snapshot']

/** Marks a chat read up to its newest message, also one that is not open. Resolves once that is noted. */
export async function markChatRead(data: NaryadData, ticketId: TicketId, chat: ChatKind): Promise<void> {
  const watched = data.watch('conversation', { ticketId, chat, limit: 1 })
  const lastSeq = await new Promise<number>((resolve) => {
    const look = () => {
      const conversation: Conversation | undefined = watched.get()
      if (!conversation?.ready) return
      unsubscribe()
      resolve(conversation.lastSeq)
    }
    const unsubscribe = watched.subscribe(look)
    look()
  })
  if (lastSeq > 0) await data.act.markRead({ ticketId, chat, seq: lastSeq })
}
