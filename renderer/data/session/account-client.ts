import type { Account } from '#common/domain/user.ts'
import { createUlidSource, parseRoom, ticketRoom, type RoomName } from '#common/domain/ids.ts'
import type { NoticeSnapshot } from '../api.ts'
import type { ClientPorts, Presence, Value } from '../client-core.ts'
import { createWritingActions, type WritingActions } from '../commands/actions.ts'
import { createCommandBuilder, ticketOf } from '../commands/build-command.ts'
import { createKeeper, type Keeper } from '../commands/keeper.ts'
import { loadWriting, type LoadedWriting } from '../commands/load-writing.ts'
import type { TextRow } from '../projection/project-chat.ts'
import type { AccountStores } from '../store/ports.ts'
import type { LostTicket } from '../sync/apply-work.ts'
import { Feed } from '../sync/feed.ts'
import { loadReplica } from '../sync/load-replica.ts'
import { MultiplexedSocket, type Ending } from '../sync/multiplexed-socket.ts'
import { createOutboxSender } from '../sync/outbox-sender.ts'
import { createPresenceRooms, type PresenceRooms } from '../sync/presence.ts'
import { createSentCommands } from '../sync/sent-commands.ts'
import { createAccessTokens, type AccessTokens } from './access-tokens.ts'
import { accountKey, deviceOf } from './account-key.ts'
import { syncAddress } from './server-address.ts'

type NoticeKind = NoticeSnapshot[number]['kind']

export type AccountEvents = {
  /** The server's word about who this is. */
  account(account: Account): void
  /** Only signing in again can help. */
  signInAgain(): void
  ended(ending: Ending): void
  notice(kind: NoticeKind, values: Record<string, string | number>): void
  arrived(messages: TextRow[], live: boolean): void
}

export type AccountOptions = {
  server: string
  account: Account
  remember: boolean
  refreshToken: string | null
  events: AccountEvents
}

/** Everything that exists once for the signed-in account: its databases, its socket and what keeps them in step. */
export type AccountClient = {
  key: string
  server: string
  stores: AccountStores
  keeper: Keeper
  tokens: AccessTokens
  socket: MultiplexedSocket
  feed: Feed
  act: WritingActions
  watchChat(room: RoomName): { present: Value<readonly Presence[]>; dispose(): void }
  setTyping(room: RoomName, typing: boolean): void
  close(): Promise<void>
}

/** Opens the databases and what was written; goes online only when its socket is started. */
export async function openAccount(ports: ClientPorts, options: AccountOptions): Promise<AccountClient> {
  const { server, account, events } = options
  const key = accountKey(account.id, server)
  const { stores, rebuilt } = await ports.openStores(key)
  const loaded = await loadWriting(key, ports.journal, stores.outbox, rebuilt)
  tellHowItWasFound(loaded, events)
  const replica = await loadReplica(stores, account.id)
  const keeper = createKeeper({ account: key, journal: ports.journal, store: stores.outbox, loaded })
  const { tokens, socket } = createConnection(ports, options)
  const { clock, fillRandom, device } = ports
  const sent = createSentCommands(clock, keeper.list, () => feed.isSettled())
  const feed = new Feed({
    clock,
    socket,
    replica,
    listener: {
      arrived: events.arrived,
      effects: sent.effects,
      settled(live) {
        if (!live) return
        sent.settled()
        presence.refresh()
        fetcher.settled()
      },
      lost: (tickets) => tellLost(tickets, events),
      restored: () => events.notice('history-restored', {}),
    },
  })
  const sender = createOutboxSender({ clock, fillRandom, deviceId: deviceOf(device.id, key), socket, keeper, taken: sent.taken })
  const isKnown = (room: RoomName) => feed.has(room)
  const presence = createPresenceRooms({ fillRandom, socket, replica: stores.replica, ownId: account.id, isKnown })
  const fetcher = createRoomFetcher(feed, socket, presence, keeper)
  const nowMs = () => clock.nowMs()
  const newId = createUlidSource(nowMs, fillRandom)
  const act = createWritingActions({
    build: createCommandBuilder(newId, nowMs),
    newId,
    keeper,
    projection: stores.projection,
    mayBeThere: sender.mayBeThere,
    notSaved: (detail) => events.notice('not-saved', { detail }),
  })
  return {
    key,
    server,
    stores,
    keeper,
    tokens,
    socket,
    feed,
    act,
    watchChat(room) {
      const watched = presence.watch(room)
      fetcher.settled()
      return watched
    },
    setTyping: presence.setTyping,
    async close() {
      tokens.stop()
      for (const part of [feed, sender, presence, sent, fetcher, socket]) part.stop()
      await stores.close()
    },
  }
}

function createConnection(ports: ClientPorts, { server, account, remember, refreshToken, events }: AccountOptions) {
  const { clock, fillRandom, device } = ports
  const tokens = createAccessTokens(ports, {
    server,
    login: account.login,
    remember,
    refreshToken,
    account: events.account,
    renewed: (token) => socket.send({ type: 'TOKEN', token }),
    ended: events.signInAgain,
  })
  const socket = new MultiplexedSocket({
    clock,
    fillRandom,
    openSocket: (url, protocols) => ports.openSocket(url, protocols),
    url: syncAddress(server),
    deviceId: deviceOf(device.id, accountKey(account.id, server)),
    authorize: tokens.authorize,
    tokenRejected: tokens.rejected,
    ended: events.ended,
  })
  socket.listen({ welcome: tokens.accepted })
  return { tokens, socket }
}

function tellHowItWasFound(loaded: LoadedWriting, { notice }: AccountEvents): void {
  if (loaded.databaseLost) notice('database-rebuilt', { restored: loaded.rows.length })
  if (loaded.journalRepaired) notice('journal-repaired', {})
  if (loaded.journalProblem !== null) notice('not-saved', { detail: loaded.journalProblem })
}

function tellLost(tickets: readonly LostTicket[], { notice }: AccountEvents): void {
  for (const ticket of tickets) notice('removed-from-ticket', ticket)
}

/** Asks for the rooms of chats on screen that this device lacks, because they are outside the scope of the feed. */
function createRoomFetcher(feed: Feed, socket: MultiplexedSocket, presence: PresenceRooms, { list }: Keeper) {
  const asked = new Set<RoomName>()
  const stop = socket.listen({ lost: () => asked.clear() })

  /** A ticket that only this device knows yet can't be asked for. */
  function isOnlyHere(ticketId: string): boolean {
    return list.pending().some(({ command }) => command.type === 'ticket.create' && ticketOf(command) === ticketId)
  }

  function ask(room: RoomName): void {
    if (feed.has(room) || asked.has(room)) return
    asked.add(room)
    feed.fetch(room)
  }

  return {
    settled() {
      if (!feed.isLive()) return
      for (const room of presence.rooms()) {
        const parsed = parseRoom(room)
        if (parsed?.kind !== 'chat' || isOnlyHere(parsed.ticketId)) continue
        ask(ticketRoom(parsed.ticketId))
        ask(room)
      }
    },
    stop,
  }
}
