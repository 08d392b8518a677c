import type * as Y from 'yjs'
import { createUlidSource, type DeviceId, type TicketId, type UserId } from '#common/domain/ids.ts'
import { baseRoles } from '#common/domain/role.ts'
import type { User } from '#common/domain/user.ts'
import { protocolVersion } from '#common/protocol/version.ts'
import { createServerCore } from '#server/create-server-core.ts'
import { startLimits, type Limits } from '#server/limits.ts'
import type { ServerCore, ServerEvent, VerifiedToken } from '#server/server-core.ts'
import type { LogStore } from '#server/storage/log-store.ts'
import { MemoryLogStore } from '#server/storage/memory-log-store.ts'
import { ManualClock } from './manual-clock.ts'
import { SyncClient } from './sync-client.ts'
import { RoomClient } from './room-client.ts'

const person = (id: string, name: string, roleId: string, company?: string): User => ({
  id,
  login: id,
  name,
  kind: roleId === 'customer' ? 'customer' : 'employee',
  roleId,
  active: true,
  ...(company !== undefined && { company }),
})

/** People of a small organisation: two of each kind, so that one can be kept from what is the other's. */
export const people: User[] = [
  person('admin', 'Анна Главная', 'admin'),
  person('dispatcher', 'Мария Ковалёва', 'dispatcher'),
  person('dispatcher2', 'Олег Дежурный', 'dispatcher'),
  person('engineer', 'Пётр Инженеров', 'engineer'),
  person('engineer2', 'Иван Мастеров', 'engineer'),
  person('customer', 'Ольга Заказчикова', 'customer', 'ООО «Ромашка»'),
  person('customer2', 'Семён Другой', 'customer', 'АО «Василёк»'),
]

type CommandBody = { type: string; [member: string]: unknown }

let randomState = 1
/** Ids that are the same in every run. */
const nextId = createUlidSource(
  () => Date.UTC(2026, 0, 15, 9),
  (bytes) => bytes.map(() => (randomState = (randomState * 1_103_515_245 + 12_345) & 0x7fff_ffff) >>> 16),
)

export type CoreWorldOptions = { splitChats?: boolean; limits?: Partial<Limits>; store?: LogStore }

/** A server's core with its store in memory, its clock by hand, and people who exist. Tokens are `<user>` or `<user>:<session>`. */
export class CoreWorld {
  readonly clock: ManualClock
  readonly store: LogStore
  readonly core: ServerCore
  readonly events: ServerEvent[]
  readonly revoked = new Set<string>()

  private constructor(
    clock: ManualClock,
    store: LogStore,
    core: ServerCore,
    events: ServerEvent[],
    revoked: Set<string>,
  ) {
    this.clock = clock
    this.store = store
    this.core = core
    this.events = events
    this.revoked = revoked
  }

  static async start({ splitChats = false, limits = {}, store }: CoreWorldOptions = {}): Promise<CoreWorld> {
    const world = await CoreWorld.on(store ?? new MemoryLogStore(), limits)
    const organisation = { name: 'Сервис', splitChats }
    await world.core.writeDirectory({ organisation, roles: [...baseRoles], users: people })
    return world
  }

  /** A core started on what a store holds already. */
  static async on(store: LogStore, limits: Partial<Limits> = {}, clock = new ManualClock()): Promise<CoreWorld> {
    const events: ServerEvent[] = []
    const revoked = new Set<string>()
    const core = await createServerCore({
      store,
      clock,
      limits: { ...startLimits, ...limits },
      verifyToken: (token) => (revoked.has(token) ? undefined : verified(token, clock)),
      report: (event) => events.push(event),
    })
    return new CoreWorld(clock, store, core, events, revoked)
  }

  command(body: CommandBody): CommandBody & { id: string } {
    return { id: nextId(), writtenAt: new Date(this.clock.nowMs()).toISOString(), ...body }
  }

  /** Executes a command that must succeed; returns its id. */
  async run(userId: UserId, body: CommandBody): Promise<string> {
    const answer = await this.core.execute(userId, this.command(body))
    if (!answer.ok) throw new Error(`${body.type}: ${answer.reason.code} ${answer.reason.field ?? ''}`)
    return answer.value.id
  }

  /** Executes a command that must be refused; returns code and field as `E_CODE field`. */
  async refused(userId: UserId, body: CommandBody): Promise<string> {
    const answer = await this.core.execute(userId, this.command(body))
    if (answer.ok) throw new Error(`${body.type} was accepted`)
    return [answer.reason.code, answer.reason.field].filter(Boolean).join(' ')
  }

  createTicket(userId: UserId = 'dispatcher', fields: object = {}): Promise<TicketId> {
    return this.run(userId, { type: 'ticket.create', fields: { title: 'Не греет котёл', ...fields } })
  }

  assign(ticketId: TicketId, assigneeId: UserId | null): Promise<string> {
    return this.run('dispatcher', { type: 'ticket.assign', ticketId, assigneeId })
  }

  post(userId: UserId, ticketId: TicketId, text: string, to: string[] = ['customer']): Promise<string> {
    return this.run(userId, { type: 'message.post', ticketId, to, text, attachments: [] })
  }

  /** A signed-in client of `GET /sync`. */
  async sync(
    userId: UserId,
    deviceId: DeviceId = `device-${userId}`,
    version: number = protocolVersion,
  ): Promise<SyncClient> {
    const client = new SyncClient(this.core)
    client.send({ type: 'HELLO', token: userId, deviceId, version })
    await client.next('WELCOME')
    return client
  }

  /** A client of `GET /rooms/<room>`; with `document`, one that was here before. */
  room(userId: UserId, room: string, document?: Y.Doc): RoomClient {
    return new RoomClient(this.core, room, verified(userId, this.clock), document)
  }
}

function verified(token: string, clock: ManualClock): VerifiedToken {
  const [userId = '', sessionId = userId] = token.split(':')
  return { userId, sessionId, expiresAt: clock.nowMs() + 600_000 }
}
