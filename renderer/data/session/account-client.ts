import type { Account } from '#common/domain/user.ts'
import type { Standing } from '#common/protocol/http-api.ts'
import { chatRoom, createUlidSource, type CommandId, type RoomName } from '#common/domain/ids.ts'
import type { NoticeSnapshot } from '../api.ts'
import type { MediaActions } from '../media-api.ts'
import { noMedia, openAccountMedia, type AccountMedia } from '../media/account-media.ts'
import type { ClientPorts, Presence } from '../client-core.ts'
import type { Value } from '../value.ts'
import { createWritingActions, type WritingActions } from '../commands/actions.ts'
import { createCommandBuilder } from '../commands/build-command.ts'
import { Keeper } from '../commands/keeper.ts'
import { loadWriting, type LoadedWriting } from '../commands/load-writing.ts'
import type { TextRow } from '../projection/project-chat.ts'
import type { AccountStores } from '../store/ports.ts'
import type { Replica } from '../sync/apply-work.ts'
import { Feed } from '../sync/feed.ts'
import { loadReplica } from '../sync/load-replica.ts'
import { MultiplexedSocket, type Ending } from '../sync/multiplexed-socket.ts'
import { OutboxSender } from '../sync/outbox-sender.ts'
import { createPresenceRooms, type PresenceRooms } from '../sync/presence.ts'
import { RoomFetcher } from '../sync/room-fetcher.ts'
import { createSentCommands, type SentCommands } from '../sync/sent-commands.ts'
import { AccessTokens } from './access-tokens.ts'
import { accountKey, deviceOf } from './account-key.ts'
import { createOnlineActions, type OnlineActions } from './online-actions.ts'
import { syncAddress } from './server-address.ts'

export type AccountEvents = {
  /** The server's word about who this is and what the organisation has switched on. */
  standing(changes: Partial<Standing>): void
  /** Only signing in again can help. */
  signInAgain(): void
  ended(ending: Ending): void
  notice(kind: NoticeSnapshot[number]['kind'], values: Record<string, string | number>): void
  arrived(messages: TextRow[], live: boolean): void
}

export type AccountOptions = {
  server: string
  account: Account
  remember: boolean
  /** Never rejects; null when only signing in can help. */
  refreshToken: Promise<string | null>
  events: AccountEvents
}

/** What is opened first: the databases with what they hold, and the way to the server. */
type Opened = {
  key: string
  stores: AccountStores
  keeper: Keeper
  replica: Replica
  tokens: AccessTokens
  socket: MultiplexedSocket
  media: AccountMedia
}

/** What keeps the databases and the server in step. */
type SyncParts = {
  feed: Feed
  sender: OutboxSender
  sent: SentCommands
  presence: PresenceRooms
  fetcher: RoomFetcher
}

export type AccountActions = WritingActions & OnlineActions & MediaActions

/** Everything that exists once for the signed-in account: its databases, its socket and what keeps them in step. */
export type AccountClient = Pick<Opened, 'key' | 'stores' | 'keeper' | 'tokens' | 'socket' | 'media'> & {
  server: string
  feed: Feed
  act: AccountActions
  wantChat(room: RoomName): () => void
  lookAt(room: RoomName): { present: Value<readonly Presence[]>; dispose(): void }
  setTyping(room: RoomName, typing: boolean): void
  close(): Promise<void>
}

/** Opens the databases and what was written; goes online only when its socket is started. */
export async function openAccount(ports: ClientPorts, options: AccountOptions): Promise<AccountClient> {
  const opened = await openDatabases(ports, options)
  const { key, stores, keeper, tokens, socket, media } = opened
  const parts = createSync(ports, options, opened)
  const { feed, sender, sent, presence, fetcher } = parts
  return {
    key,
    server: options.server,
    stores,
    keeper,
    tokens,
    socket,
    media,
    feed,
    act: createAct(ports, options, opened, sender),
    wantChat: (room) => fetcher.want(room),
    lookAt: presence.watch,
    setTyping: presence.setTyping,
    async close() {
      for (const part of [tokens, feed, sender, presence, sent, fetcher, socket, media, keeper]) part.stop()
      await stores.close()
    },
  }
}

async function openDatabases(ports: ClientPorts, options: AccountOptions): Promise<Opened> {
  const { server, account, events } = options
  const key = accountKey(account.id, server)
  const { stores, rebuilt } = await ports.openStores(key)
  const [loaded, replica, refreshToken] = await Promise.all([
    loadWriting(key, ports.journal, stores.outbox, rebuilt),
    loadReplica(stores, account.id),
    options.refreshToken,
  ])
  tellHowItWasFound(loaded, events)
  const keeper = new Keeper({ clock: ports.clock, account: key, journal: ports.journal, store: stores.outbox, loaded })
  const connection = createConnection(ports, options, { key, refreshToken })
  const media = openMedia(ports, options, { key, stores, keeper, ...connection }, loaded.isWhole)
  const forgetFiles: Replica['forgetFiles'] = (sha256s) => media.forgetReceived(sha256s)
  return { key, stores, keeper, replica: { ...replica, forgetFiles }, media, ...connection }
}

function openMedia(
  { media, clock, fillRandom }: ClientPorts,
  { server, events }: AccountOptions,
  { key, stores, keeper, tokens, socket }: Omit<Opened, 'replica' | 'media'>,
  isWhole: boolean,
): AccountMedia {
  if (media === undefined) return noMedia()
  return openAccountMedia({
    clock,
    fillRandom,
    newId: createUlidSource(() => clock.nowMs(), fillRandom),
    ports: media,
    server,
    account: key,
    keeper,
    tokens,
    socket,
    store: stores.outbox,
    isWhole,
    notSaved: (detail) => events.notice('not-saved', { detail }),
  })
}

function tellHowItWasFound(loaded: LoadedWriting, { notice }: AccountEvents): void {
  if (loaded.databaseLost) notice('database-rebuilt', { restored: loaded.rows.length })
  if (loaded.journalRepaired) notice('journal-repaired', {})
  if (loaded.journalProblem !== null) notice('not-saved', { detail: loaded.journalProblem })
}

function createConnection(
  ports: ClientPorts,
  { server, account, remember, events }: AccountOptions,
  { key, refreshToken }: { key: string; refreshToken: string | null },
) {
  const tokens = new AccessTokens(ports, {
    server,
    login: account.login,
    remember,
    refreshToken,
    account: (account) => events.standing({ account }),
    renewed: (token) => socket.send({ type: 'TOKEN', token }),
    ended: events.signInAgain,
  })
  const socket = new MultiplexedSocket({
    clock: ports.clock,
    fillRandom: ports.fillRandom,
    openSocket: (url, protocols) => ports.openSocket(url, protocols),
    url: syncAddress(server),
    deviceId: deviceOf(ports.device.id, key),
    authorize: () => tokens.authorize(),
    tokenRejected: () => tokens.rejected(),
    ended: events.ended,
  })
  socket.listen({
    welcome: () => tokens.accepted(),
    frame(frame) {
      if (frame.type === 'STANDING') events.standing(frame.standing)
    },
  })
  return { tokens, socket }
}

function createSync(ports: ClientPorts, { account, events }: AccountOptions, opened: Opened): SyncParts {
  const { clock, fillRandom, device } = ports
  const { key, keeper, media, replica, socket, stores } = opened
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
        fetcher.look()
      },
      lost(tickets) {
        for (const ticket of tickets) {
          if (ticket.number > 0) void keeper.rememberNumber(ticket.ticketId, ticket.number)
          events.notice('removed-from-ticket', ticket)
        }
      },
      restored: () => events.notice('history-restored', {}),
    },
  })
  const deviceId = deviceOf(device.id, key)
  const taken = (ids: readonly CommandId[]): void => {
    // Before they leave the list: it knows their files.
    media.taken(ids)
    sent.taken(ids)
  }
  const sender = new OutboxSender({ clock, fillRandom, deviceId, socket, keeper, taken })
  const isKnown = (room: RoomName) => feed.has(room)
  const presence = createPresenceRooms({ fillRandom, socket, replica: stores.replica, ownId: account.id, isKnown })
  const fetcher = new RoomFetcher(feed, socket, keeper.list)
  return { feed, sender, sent, presence, fetcher }
}

function createAct(
  ports: ClientPorts,
  { events, server }: AccountOptions,
  opened: Opened,
  sender: OutboxSender,
): AccountActions {
  const nowMs = () => ports.clock.nowMs()
  const newId = createUlidSource(nowMs, ports.fillRandom)
  const writing = createWritingActions({
    build: createCommandBuilder(newId, nowMs),
    newId,
    keeper: opened.keeper,
    projection: opened.stores.projection,
    mayBeThere: (row) => sender.mayBeThere(row),
    notSaved: (detail) => events.notice('not-saved', { detail }),
  })
  async function postMessage(message: Parameters<WritingActions['postMessage']>[0]) {
    const posted = await writing.postMessage(message)
    if (posted.ok && message.to[0] !== undefined) opened.media.sent(chatRoom(message.ticketId, message.to[0]))
    return posted
  }
  return { ...writing, postMessage, ...createOnlineActions(ports, server, opened.tokens), ...opened.media.act }
}
