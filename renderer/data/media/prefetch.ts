import { isClosed } from '#common/domain/ticket.ts'
import { chatRoom, type RoomName, type TicketId } from '#common/domain/ids.ts'
import type { ClientCore } from '../client-core.ts'
import type { AccountView } from '../queries/account-view.ts'
import type { TextRow } from '../projection/project-chat.ts'
import type { MediaPorts } from './ports.ts'

/** So many of the user's own tickets are gone through, those with the latest news. */
const ownTickets = 500
/** Photos of so many of a chat's newest files are brought here before anybody asks. */
const filesOfChat = 30

export type PrefetchNeeds = {
  core: ClientCore
  view: { get(): AccountView | null; subscribe(listener: () => void): () => void }
  ports: Pick<MediaPorts, 'metered' | 'rules'>
}

/** Photos of the user's own open tickets are on the device before they go where there is no network. Videos are not: they are large. */
export function startPrefetch({ core, view, ports }: PrefetchNeeds): () => void {
  /** The account whose tickets were gone through since the device came online. */
  let done: AccountView | null = null

  const isAllowed = (): boolean => !(ports.metered.get() && ports.rules.get().pauseOnMetered)

  function fetchPhotos(rows: readonly TextRow[]): void {
    for (const { room, attachments } of rows)
      for (const { sha256, mime } of attachments)
        if (mime.startsWith('image/')) core.media.prefetch({ room, sha256, variant: 'full' })
  }

  function isOwn(current: AccountView, ticketId: TicketId): boolean {
    const ticket = current.tickets.get(ticketId)
    return ticket?.assigneeId === current.account.id && !isClosed(ticket.stage)
  }

  async function goThrough(): Promise<void> {
    const current = view.get()
    const { state, caughtUpAt } = core.connection.get()
    if (state !== 'online') done = null
    if (current === null || state !== 'online' || caughtUpAt === null || done === current || !isAllowed()) return
    done = current
    const { rows } = await current.reads.newestTickets({ assigneeId: current.account.id }, ownTickets)
    const own = rows.filter(({ stage }) => !isClosed(stage))
    for (const room of own.flatMap(({ id }): RoomName[] => [chatRoom(id, 'customer'), chatRoom(id, 'team')])) {
      if (view.get() !== current) return
      fetchPhotos((await current.reads.mediaOf(room, filesOfChat)).rows)
    }
  }

  async function fetchArrived(current: AccountView, rows: readonly TextRow[]): Promise<void> {
    const withFiles = rows.filter(({ attachments }) => attachments.length > 0)
    const unknown = withFiles.map(ticketOf).filter((ticketId) => current.tickets.get(ticketId) === undefined)
    if (unknown.length > 0) await current.fetchTickets([...new Set(unknown)])
    fetchPhotos(withFiles.filter((row) => isOwn(current, ticketOf(row))))
  }

  // What can't be read now is fetched when somebody looks at it.
  const look = (): void => void goThrough().catch(() => undefined)
  const stops = [
    core.connection.subscribe(look),
    view.subscribe(look),
    core.onArrived((messages) => {
      const current = view.get()
      if (current !== null && isAllowed()) fetchArrived(current, messages).catch(() => undefined)
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

function ticketOf({ room }: TextRow): TicketId {
  return room.split('.')[1] ?? ''
}
