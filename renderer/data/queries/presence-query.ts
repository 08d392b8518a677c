import { chatRoom, type ChatKind, type TicketId } from '#common/domain/ids.ts'
import type { PresenceSnapshot } from '../api.ts'
import type { AccountView } from './account-view.ts'

/**
 * Who passes by has not looked, and what is opened has the database and the processor for itself: presence needs the chat's
 * whole document; ms.
 */
export const glanceMs = 500

/** Others who look at a chat. The others are told of this user after {@link glanceMs}, until disposed. */
export function followPresence(
  { core, clock, account }: AccountView,
  { ticketId, chat }: { ticketId: TicketId; chat: ChatKind },
  emit: (present: PresenceSnapshot) => void,
): () => void {
  emit([])
  let stop = clock.after(glanceMs, () => {
    const { present, dispose } = core.lookAt(chatRoom(ticketId, chat))
    const tell = (): void =>
      emit(
        present
          .get()
          .filter(({ userId }) => userId !== account.id)
          .map(({ userId, name, typing }) => ({ userId, name, typing })),
      )
    const stopTelling = present.subscribe(tell)
    tell()
    stop = () => {
      stopTelling()
      dispose()
    }
  })
  return () => stop()
}
