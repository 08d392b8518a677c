import type { Account } from '#common/domain/user.ts'
import type { RoomName } from '#common/domain/ids.ts'
import { fail } from '#common/domain/result.ts'
import { permissions } from '#common/domain/role.ts'
import type { ConnectionSnapshot, NoticeSnapshot, SessionSnapshot } from '#renderer/data/api.ts'
import type { ClientCore, Presence } from '#renderer/data/client-core.ts'
import type { AccountStores, OutboxRow } from '#renderer/data/store/ports.ts'
import { noMedia } from '#renderer/data/media/account-media.ts'
import { emptyDraft } from '#renderer/data/media/kept-file.ts'
import type { Drafts } from '#renderer/data/commands/keeper.ts'
import { createValue } from '#renderer/data/value.ts'

type Row = OutboxRow & { unsaved: boolean; sending: boolean }
type Arrived = Parameters<Parameters<ClientCore['onArrived']>[0]>

export const dispatcher: Account = {
  id: 'me',
  login: 'dispatcher',
  name: 'Мария Ковалёва',
  kind: 'employee',
  roleId: 'dispatcher',
  permissions: permissions.filter((permission) => !permission.startsWith('admin.')),
  districts: [],
}

/** A client core whose values a test sets by hand: what queries and banners see of the real one. */
export function createCoreDouble(): {
  core: ClientCore
  signIn(stores: AccountStores, account?: Account, splitChats?: boolean): void
  signOut(): void
  setOutbox(rows: readonly Row[]): void
  setDraft(room: RoomName, text: string): void
  setUploads(progress: ReturnType<ClientCore['media']['uploads']['get']>): void
  setConnection(changes: Partial<ConnectionSnapshot>): void
  setPresent(room: RoomName, present: readonly Presence[]): void
  arrive(...given: Arrived): void
  looksAt(): RoomName[]
} {
  const session = createValue<SessionSnapshot>({ state: 'starting' })
  const connection = createValue<ConnectionSnapshot>({
    state: 'online',
    offlineSince: null,
    caughtUpAt: 1,
    syncing: null,
    queued: 0,
    refused: 0,
  })
  const outbox = createValue<readonly Row[]>([])
  const drafts = createValue<Drafts>(new Map())
  const stores = createValue<AccountStores | null>(null)
  const present = new Map<RoomName, ReturnType<typeof createValue<readonly Presence[]>>>()
  const listeners = new Set<(...given: Arrived) => void>()
  const watched: RoomName[] = []
  const { act: mediaActions, ...nothing } = noMedia()
  const uploads = createValue<ReturnType<ClientCore['media']['uploads']['get']>>(new Map())
  const presentOf = (room: RoomName) => {
    const value = present.get(room) ?? createValue<readonly Presence[]>([])
    present.set(room, value)
    return value
  }
  const notSaved = () => Promise.resolve(fail({ kind: 'not-saved', detail: 'a double' } as const))
  const offline = () => Promise.resolve(fail({ kind: 'offline' } as const))
  const core: ClientCore = {
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    session,
    connection,
    notices: createValue<NoticeSnapshot>([]),
    outbox,
    drafts,
    media: { ...nothing, uploads },
    stores,
    wantChat: () => () => {},
    lookAt(room) {
      watched.push(room)
      return { present: presentOf(room), dispose: () => void watched.splice(watched.indexOf(room), 1) }
    },
    onArrived(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    wake: () => {},
    act: {
      signIn: () => Promise.resolve(fail({ kind: 'unreachable' } as const)),
      signOut: () => Promise.resolve(),
      postMessage: notSaved,
      editMessage: notSaved,
      deleteMessage: notSaved,
      changeParticipants: notSaved,
      createTicket: notSaved,
      updateTicket: notSaved,
      changeStage: notSaved,
      assign: notSaved,
      markRead: notSaved,
      markAllRead: () => Promise.resolve(),
      saveDraft: notSaved,
      cancelQueued: () => Promise.resolve(false),
      takeBack: () => Promise.resolve(false),
      editQueued: () => Promise.resolve(false),
      retryRefused: notSaved,
      discardRefused: () => Promise.resolve(),
      dismissNotice: () => Promise.resolve(),
      setTyping: () => Promise.resolve(),
      reconnectNow: () => Promise.resolve(),
      updateOrganisation: notSaved,
      createRole: notSaved,
      updateRole: notSaved,
      deleteRole: notSaved,
      createUser: notSaved,
      updateUser: notSaved,
      invite: offline,
      redeemInvitation: () => Promise.resolve(fail({ kind: 'unreachable' } as const)),
      sessionsOf: offline,
      revokeSessions: offline,
      listApiKeys: offline,
      createApiKey: offline,
      revokeApiKey: offline,
      readAudit: offline,
      exportAudit: offline,
      ...mediaActions,
    },
  }
  return {
    core,
    signIn(opened, account = dispatcher, splitChats = false) {
      stores.set(opened)
      session.set({ state: 'signed-in', account, organisation: { name: '', splitChats }, server: 'http://127.0.0.1:1' })
    },
    signOut() {
      stores.set(null)
      session.set({ state: 'signed-out' })
    },
    setOutbox: (rows) => outbox.set(rows),
    setDraft: (room, text) => drafts.set(new Map([...drafts.get(), [room, { ...emptyDraft, text, saved: true }]])),
    setUploads: (progress) => uploads.set(progress),
    setConnection: (changes) => connection.set({ ...connection.get(), ...changes }),
    setPresent: (room, people) => presentOf(room).set(people),
    arrive(...given) {
      for (const listener of listeners) listener(...given)
    },
    looksAt: () => [...watched],
  }
}
