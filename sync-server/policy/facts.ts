import * as z from 'zod/mini'
import { organisationSchema, roleSchema, type Organisation } from '#common/documents/directory-document.ts'
import { chatRoom, parseRoom, type ChatKind, type DeviceId, type RoomName } from '#common/domain/ids.ts'
import type { TicketId, UserId } from '#common/domain/ids.ts'
import { participantSchema, type Participant } from '#common/domain/message.ts'
import type { TicketAccess, Viewer } from '#common/domain/permissions.ts'
import { isPermission, type Permission, type Role } from '#common/domain/role.ts'
import { ticketSchema, type Ticket } from '#common/domain/ticket.ts'
import { userSchema, type User } from '#common/domain/user.ts'
import { asParticipant, lockedMembers } from '#common/domain/membership.ts'
import { MediaFacts, mediaFactKinds } from './media-facts.ts'

/** Kinds of records held in memory: what rules and lists must know, written in the commit that changes it. Users come before tickets. */
export const factKinds = [
  'organisation',
  'role',
  'user',
  'device',
  'chat',
  'activity',
  'erasure',
  'ticket',
  ...mediaFactKinds,
] as const
export type FactKind = (typeof factKinds)[number]
export type FactWrite = { kind: FactKind; key: string; value: unknown }

export type Participants = ReadonlyMap<UserId, Participant>

/** A ticket as rules see it. Never changed in place: a new one takes its place. */
export type TicketFacts = {
  /** Without its description: ten thousand of those would fill the memory, and no rule reads them. */
  ticket: Ticket
  access: TicketAccess
  participants: Record<ChatKind, Participants>
  /** Whether the room of the chat was written already; before, its participants follow from the ticket. */
  opened: Record<ChatKind, boolean>
  /** Server's time of the newest message or change, ms. */
  activityAt: number
}

const participantsSchema = z.record(z.string(), participantSchema)
const numberSchema = z.number()
const deviceSchema = z.object({ userId: z.string() })

/**
 * What the server knows by heart. The core holds two of them: one of what is durable, by which everything visible is
 * judged, and one that runs ahead with the commands being stored. Both are moved by the same records.
 */
export class Facts {
  organisation: Organisation = { name: '', splitChats: false }
  readonly users: Map<UserId, User>
  readonly roles: Map<string, Role>
  readonly tickets: Map<TicketId, TicketFacts>
  readonly media: MediaFacts
  /** Chats whose deleted texts are still stored. */
  readonly erasures: Set<RoomName>
  private readonly devices: Map<DeviceId, UserId>
  private readonly logins: Map<string, UserId>
  private readonly viewers = new Map<UserId, Viewer>()
  private lastNumber = 0

  constructor(other?: Facts) {
    this.users = new Map(other?.users)
    this.roles = new Map(other?.roles)
    this.tickets = new Map(other?.tickets)
    this.media = new MediaFacts(other?.media)
    this.erasures = new Set(other?.erasures)
    this.devices = new Map(other?.devices)
    this.logins = new Map(other?.logins)
    if (!other) return
    this.organisation = other.organisation
    this.lastNumber = other.lastNumber
  }

  /** Facts of all the records of each kind, as they are stored. */
  static from(records: Record<FactKind, ReadonlyMap<string, unknown>>): Facts {
    const facts = new Facts()
    for (const kind of ['organisation', 'role', 'user', 'device', 'erasure', ...mediaFactKinds] as const)
      for (const [key, value] of records[kind]) facts.apply({ kind, key, value })
    for (const [ticketId, value] of records.ticket) {
      const participants = (chat: ChatKind): Participants | undefined => {
        const stored = records.chat.get(chatRoom(ticketId, chat))
        return stored === undefined ? undefined : new Map(Object.entries(participantsSchema.parse(stored)))
      }
      const activityAt = numberSchema.safeParse(records.activity.get(ticketId))
      facts.setTicket(ticketSchema.parse(value), participants('customer'), participants('team'), activityAt.data ?? 0)
    }
    return facts
  }

  get nextTicketNumber(): number {
    return this.lastNumber + 1
  }

  /** What the rules must know of a person; undefined for unknown and inactive ones, who may do nothing. */
  viewer(userId: UserId): Viewer | undefined {
    return this.users.get(userId)?.active ? this.rightsOf(userId) : undefined
  }

  /** The same of an account that is switched off, too: what it would see if it came back. */
  rightsOf(userId: UserId): Viewer | undefined {
    const kept = this.viewers.get(userId)
    if (kept) return kept
    const user = this.users.get(userId)
    if (!user) return undefined
    const viewer = {
      id: user.id,
      kind: user.kind,
      permissions: new Set(this.permissionsOf(user)),
      districts: new Set(user.districts),
    }
    this.viewers.set(userId, viewer)
    return viewer
  }

  permissionsOf(user: User): Permission[] {
    return this.roles.get(user.roleId)?.permissions ?? []
  }

  findUser(login: string): User | undefined {
    const userId = this.logins.get(login.toLowerCase())
    return userId === undefined ? undefined : this.users.get(userId)
  }

  ownerOf(deviceId: DeviceId): UserId | undefined {
    return this.devices.get(deviceId)
  }

  countDevices(userId: UserId): number {
    let count = 0
    for (const owner of this.devices.values()) if (owner === userId) count++
    return count
  }

  apply({ kind, key, value }: FactWrite): void {
    switch (kind) {
      case 'organisation':
        this.organisation = organisationSchema.parse(value)
        return
      case 'role':
        return this.setRole(key, value === null ? null : roleSchema.parse(value))
      case 'user':
        return this.setUser(userSchema.parse(value))
      case 'device':
        this.devices.set(key, deviceSchema.parse(value).userId)
        return
      case 'ticket':
        return this.applyTicket(ticketSchema.parse(value))
      case 'chat':
        return this.applyParticipants(key, new Map(Object.entries(participantsSchema.parse(value))))
      case 'activity':
        return this.applyActivity(key, numberSchema.parse(value))
      case 'erasure':
        if (value === null) this.erasures.delete(key)
        else this.erasures.add(key)
        return
      case 'media':
      case 'poster':
      case 'attachment':
        return this.media.apply(kind, key, value)
    }
  }

  /** A permission of a newer version is none here. */
  private setRole(roleId: string, role: z.infer<typeof roleSchema> | null): void {
    if (role === null) this.roles.delete(roleId)
    else this.roles.set(roleId, { ...role, permissions: role.permissions.filter(isPermission) })
    this.viewers.clear()
  }

  private setUser(user: User): void {
    const known = this.users.get(user.id)
    if (known) this.logins.delete(known.login.toLowerCase())
    this.users.set(user.id, user)
    this.logins.set(user.login.toLowerCase(), user.id)
    this.viewers.delete(user.id)
  }

  private applyTicket(ticket: Ticket): void {
    const known = this.tickets.get(ticket.id)
    const opened = (chat: ChatKind): Participants | undefined =>
      known?.opened[chat] ? known.participants[chat] : undefined
    this.setTicket(ticket, opened('customer'), opened('team'), known?.activityAt ?? 0)
  }

  private applyParticipants(room: RoomName, participants: Participants): void {
    const parsed = parseRoom(room)
    const known = parsed?.kind === 'chat' ? this.tickets.get(parsed.ticketId) : undefined
    if (parsed?.kind !== 'chat' || !known) return
    const { team, customer } = known.participants
    const opened = { ...known.opened, [parsed.chat]: true }
    this.setTicket(
      known.ticket,
      parsed.chat === 'customer' ? participants : opened.customer ? customer : undefined,
      parsed.chat === 'team' ? participants : opened.team ? team : undefined,
      known.activityAt,
    )
  }

  private applyActivity(ticketId: TicketId, activityAt: number): void {
    const known = this.tickets.get(ticketId)
    if (known) this.tickets.set(ticketId, { ...known, activityAt })
  }

  private setTicket(
    ticket: Ticket,
    customer: Participants | undefined,
    team: Participants | undefined,
    activityAt: number,
  ): void {
    const participants = {
      customer: customer ?? this.derived(ticket, 'customer'),
      team: team ?? this.derived(ticket, 'team'),
    }
    this.tickets.set(ticket.id, {
      ticket,
      access: {
        assigneeId: ticket.assigneeId,
        requesterId: ticket.requesterId,
        customerId: ticket.customerId,
        stage: ticket.stage,
        district: ticket.fields.district ?? '',
        company: ticket.fields.company ?? '',
        participants: { customer: new Set(participants.customer.keys()), team: new Set(participants.team.keys()) },
      },
      participants,
      opened: { customer: customer !== undefined, team: team !== undefined },
      activityAt: Math.max(activityAt, ticket.createdAt),
    })
    this.lastNumber = Math.max(this.lastNumber, ticket.number)
  }

  private derived(ticket: Ticket, chat: ChatKind): Participants {
    const members = lockedMembers(ticket, chat, this.users)
    return new Map(
      [...members].map(([id, member]) => [id, asParticipant(member, ticket.createdById, ticket.createdAt)]),
    )
  }
}
