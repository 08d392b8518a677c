import type { Organisation } from '#common/documents/directory-document.ts'
import { chatRoom, type RoomName } from '#common/domain/ids.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import type { Account } from '#common/domain/user.ts'
import type { SessionResponse, Standing } from '#common/protocol/http-api.ts'
import type { ConnectionSnapshot, NoticeSnapshot, SessionSnapshot, SignInFailure } from './api.ts'
import type { ClientCore, ClientPorts, LastAccount, Presence } from './client-core.ts'
import { openAccount, type AccountClient, type AccountEvents } from './session/account-client.ts'
import { delegateActions } from './session/delegated-actions.ts'
import { followConnection, offlineAtStart } from './session/connection.ts'
import { createNotices } from './session/notices.ts'
import { normaliseServer } from './session/server-address.ts'
import { readInvitationLink } from './session/invitation-link.ts'
import { requestRedemption, requestSession, requestSignOut } from './session/session-requests.ts'
import { accountKey } from './session/account-key.ts'
import type { ListedRow } from './commands/outbox-list.ts'
import type { Drafts } from './commands/keeper.ts'
import { noMedia } from './media/account-media.ts'
import type { MediaView } from './media/media-view.ts'
import type { TextRow } from './projection/project-chat.ts'
import type { AccountStores } from './store/ports.ts'
import { createValue, type Value } from './value.ts'

type ArrivedListener = (messages: TextRow[], live: boolean) => void
type SignIn = Parameters<ClientCore['act']['signIn']>[0]
type Redeem = ClientCore['act']['redeemInvitation']
type Redeeming = Parameters<Redeem>[0]

/** Until the server has told: what is off by default is off. */
const unknownOrganisation: Organisation = { name: '', splitChats: false }
const nobodyPresent: Value<readonly Presence[]> = createValue<readonly Presence[]>([])

/** Wires the client of one person at one server at a time; everything it touches of the world comes in as a port. */
export function createClientCore(ports: ClientPorts): ClientCore {
  return new Core(ports)
}

class Core implements ClientCore {
  readonly session = createValue<SessionSnapshot>({ state: 'starting' })
  readonly connection
  readonly outbox = createValue<readonly ListedRow[]>([])
  readonly drafts = createValue<Drafts>(new Map())
  readonly stores = createValue<AccountStores | null>(null)
  readonly notices: Value<NoticeSnapshot>
  readonly media: ClientCore['media']
  private readonly uploads = createValue<ReturnType<MediaView['uploads']['get']>>(new Map())
  private readonly refusedFiles = createValue<ReturnType<MediaView['refused']['get']>>(new Map())
  readonly act: ClientCore['act']
  private readonly ports: ClientPorts
  private readonly noticeList = createNotices()
  private readonly arrivedListeners = new Set<ArrivedListener>()
  private client: AccountClient | null = null
  private unfollow: (() => void)[] = []
  /** Opening and closing accounts happens one after the other. */
  private turn: Promise<unknown> = Promise.resolve()
  private isRemembered = false

  constructor(ports: ClientPorts) {
    this.ports = ports
    this.connection = createValue<ConnectionSnapshot>(offlineAtStart(ports.clock.nowMs()))
    this.notices = this.noticeList.value
    this.act = this.createActions()
    const nobodys = noMedia()
    const media = (): MediaView => this.client?.media ?? nobodys
    this.media = {
      uploads: this.uploads,
      refused: this.refusedFiles,
      watch: (wanted) => media().watch(wanted),
      prefetch: (wanted) => media().prefetch(wanted),
      localUrl: (sha256) => media().localUrl(sha256),
    }
  }

  start(): Promise<void> {
    return this.inTurn(async () => {
      if (this.client) return
      const last = await this.ports.lastAccount.read()
      if (last === null) return this.session.set({ state: 'signed-out' })
      this.isRemembered = true
      const { server, account, organisation = unknownOrganisation } = last
      const client = await this.open(server, { account, organisation }, this.keptToken(last))
      client.socket.start()
    })
  }

  stop(): Promise<void> {
    return this.inTurn(() => this.close())
  }

  wantChat(room: RoomName): () => void {
    return this.client?.wantChat(room) ?? (() => {})
  }

  lookAt(room: RoomName): { present: Value<readonly Presence[]>; dispose(): void } {
    return this.client?.lookAt(room) ?? { present: nobodyPresent, dispose: () => {} }
  }

  onArrived(listener: ArrivedListener): () => void {
    this.arrivedListeners.add(listener)
    return () => void this.arrivedListeners.delete(listener)
  }

  wake(): void {
    this.client?.socket.wake()
  }

  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.turn.then(task)
    this.turn = done.catch(() => undefined)
    return done
  }

  private async keptToken({ server, account }: LastAccount): Promise<string | null> {
    const credentials = await this.ports.credentials.read(server).catch(() => null)
    // The tokens of another person at the same server are of no use.
    return credentials?.login === account.login ? credentials.refreshToken : null
  }

  private async open(server: string, standing: Standing, refreshToken: Promise<string | null>): Promise<AccountClient> {
    const remember = this.isRemembered
    const client = await openAccount(this.ports, {
      server,
      account: standing.account,
      remember,
      refreshToken,
      events: this.events(server),
    })
    this.client = client
    this.unfollow = [
      follow(client.keeper.list.value, this.outbox),
      follow(client.keeper.drafts, this.drafts),
      follow(client.media.uploads, this.uploads),
      follow(client.media.refused, this.refusedFiles),
      followConnection(this.ports.clock, client, this.connection),
    ]
    this.stores.set(client.stores)
    this.session.set({ state: 'signed-in', ...standing, server })
    return client
  }

  private async close(): Promise<void> {
    const { client } = this
    if (client === null) return
    this.client = null
    for (const stop of this.unfollow) stop()
    this.unfollow = []
    this.stores.set(null)
    this.outbox.set([])
    this.drafts.set(new Map())
    this.uploads.set(new Map())
    this.refusedFiles.set(new Map())
    this.connection.set(offlineAtStart(this.ports.clock.nowMs()))
    this.noticeList.clear()
    await client.close()
  }

  private events(server: string): AccountEvents {
    return {
      standing: (standing) => this.standingChanged(standing, server),
      signInAgain: () => this.lock('sign-in-again'),
      ended: (ending) => {
        if (ending === 'update-required') this.session.set({ state: 'update-required', server })
        else this.lock(ending)
      },
      notice: this.noticeList.add,
      arrived: (messages, live) => {
        for (const listener of this.arrivedListeners) listener(messages, live)
      },
    }
  }

  private lock(reason: 'revoked' | 'superseded' | 'sign-in-again'): void {
    const session = this.session.get()
    if (session.state === 'signed-in') this.session.set({ ...session, state: 'locked', reason })
  }

  private standingChanged(changes: Partial<Standing>, server: string): void {
    const session = this.session.get()
    if (session.state !== 'signed-in') return
    const next = { ...session, ...changes }
    if (JSON.stringify(next) === JSON.stringify(session)) return
    this.session.set(next)
    if (this.isRemembered) void this.remember({ server, account: next.account, organisation: next.organisation })
  }

  /** Not being able to remember costs a sign-in at the next start, nothing else. */
  private async remember(last: LastAccount | null): Promise<void> {
    await this.ports.lastAccount.store(last).catch(() => undefined)
  }

  private async signIn({ server: typed, login, password, remember }: SignIn): Promise<Result<Account, SignInFailure>> {
    const address = normaliseServer(typed)
    if (!address.ok) return fail({ kind: 'bad-address' })
    const server = address.value
    const answer = await requestSession(this.ports, server, login, password)
    if (!answer.ok) return answer
    return succeed(await this.enter(server, answer.value, remember))
  }

  private async redeemInvitation({ link, password, remember }: Redeeming): ReturnType<Redeem> {
    const invitation = readInvitationLink(link)
    if (!invitation.ok) return fail({ kind: 'bad-link' })
    const { server, token } = invitation.value
    const answer = await requestRedemption(this.ports, server, token, password)
    return answer.ok ? succeed(await this.enter(server, answer.value, remember)) : answer
  }

  /** A new session of this person at this server takes the place of whatever was. */
  private async enter(server: string, session: SessionResponse, remember: boolean): Promise<Account> {
    const { user } = session
    this.isRemembered = remember
    const isSame = this.client?.key === accountKey(user.id, server)
    const standing: Standing = { account: user, organisation: isSame ? this.organisation() : unknownOrganisation }
    if (!isSame) await this.close()
    const client = this.client ?? (await this.open(server, standing, Promise.resolve(null)))
    await client.tokens.adopt(session, remember)
    await this.remember(remember ? { server, ...standing } : null)
    this.session.set({ state: 'signed-in', ...standing, server })
    // A connection of the former session would not take the new one's token.
    client.socket.stop()
    client.socket.start()
    return user
  }

  private organisation(): Organisation {
    const session = this.session.get()
    return 'organisation' in session ? session.organisation : unknownOrganisation
  }

  private async signOut(): Promise<void> {
    const { client } = this
    const token = client?.tokens.current()
    await this.close()
    this.session.set({ state: 'signed-out' })
    if (!client) return
    await this.remember(null)
    await this.ports.credentials.clear(client.server).catch(() => undefined)
    if (token) void requestSignOut(this.ports, client.server, token)
  }

  private reconnect(): void {
    const session = this.session.get()
    if (session.state === 'locked' && session.reason === 'superseded') {
      const { account, organisation, server } = session
      this.session.set({ state: 'signed-in', account, organisation, server })
      this.client?.socket.start()
    } else this.wake()
  }

  private createActions(): ClientCore['act'] {
    return {
      ...delegateActions(() => this.client),
      signIn: (input) => this.inTurn(() => this.signIn(input)),
      signOut: () => this.inTurn(() => this.signOut()),
      redeemInvitation: (input) => this.inTurn(() => this.redeemInvitation(input)),
      dismissNotice: async ({ id }) => this.noticeList.dismiss(id),
      setTyping: async ({ ticketId, chat, typing }) => this.client?.setTyping(chatRoom(ticketId, chat), typing),
      reconnectNow: async () => this.reconnect(),
    }
  }
}

/** Gives `target` whatever `source` holds, until the returned function is called. */
function follow<T>(source: Value<T>, target: { set(value: T): void }): () => void {
  target.set(source.get())
  return source.subscribe(() => target.set(source.get()))
}
