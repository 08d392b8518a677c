import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatKind } from '#common/domain/ids.ts'
import { canReadChat, canSeeTicket, canWriteChat, type TicketAccess, type Viewer } from '#common/domain/permissions.ts'
import { baseRoles, permissions } from '#common/domain/role.ts'
import { readableRooms } from '#server/policy/room-access.ts'
import type { TicketFacts } from '#server/policy/facts.ts'

const userIds = ['a', 'b', 'c', 'd']
const anyUser = fc.constantFrom(...userIds)
const anyViewer: fc.Arbitrary<Viewer> = fc.record({
  id: anyUser,
  kind: fc.constantFrom('employee' as const, 'customer' as const),
  permissions: fc.subarray([...permissions]).map((list) => new Set(list)),
  districts: fc.subarray(['Север', 'Юг']).map((list) => new Set(list)),
})
const anyAccess: fc.Arbitrary<TicketAccess> = fc.record({
  assigneeId: fc.option(anyUser),
  requesterId: anyUser,
  customerId: fc.option(anyUser),
  stage: fc.constant('new' as const),
  district: fc.constantFrom('', 'Север', 'Юг'),
  company: fc.constantFrom('', 'Ромашка'),
  participants: fc.record({
    team: fc.subarray(userIds).map((list) => new Set(list)),
    customer: fc.subarray(userIds).map((list) => new Set(list)),
  }),
})
const anyOrganisation = fc.record({ splitChats: fc.boolean() })
const anyChat = fc.constantFrom<ChatKind>('team', 'customer')

const roomsOf = (viewer: Viewer, access: TicketAccess, organisation: { splitChats: boolean }): string[] =>
  readableRooms({ organisation: { name: '', ...organisation } }, viewer, {
    ticket: { id: 't' },
    access,
  } as TicketFacts)

describe('rights', () => {
  it('never shrink when a role is given one more permission', () => {
    fc.assert(
      fc.property(
        anyViewer,
        anyAccess,
        anyOrganisation,
        fc.constantFrom(...permissions),
        (viewer, access, org, more) => {
          const richer = { ...viewer, permissions: new Set([...viewer.permissions, more]) }
          const rooms = roomsOf(richer, access, org)
          for (const room of roomsOf(viewer, access, org)) expect(rooms).toContain(room)
        },
      ),
    )
  })

  it('never shrink for anybody when a person is added to a chat', () => {
    fc.assert(
      fc.property(anyViewer, anyAccess, anyOrganisation, anyChat, anyUser, (viewer, access, org, chat, added) => {
        const participants = { ...access.participants, [chat]: new Set([...access.participants[chat], added]) }
        const rooms = roomsOf(viewer, { ...access, participants }, org)
        for (const room of roomsOf(viewer, access, org)) expect(rooms).toContain(room)
      }),
    )
  })

  it('to write imply those to read; a customer reads nothing but the customer chat of own tickets (R1, R4, R7)', () => {
    fc.assert(
      fc.property(anyViewer, anyAccess, anyOrganisation, anyChat, (viewer, access, org, chat) => {
        const reads = canReadChat(viewer, access, chat, org)
        if (canWriteChat(viewer, access, chat, org)) expect(reads).toBe(true)
        if (viewer.kind !== 'customer') return
        const { customer } = access.participants
        const isNamed = access.customerId === viewer.id || access.requesterId === viewer.id || customer.has(viewer.id)
        const owns = viewer.permissions.has('tickets.view.own') && isNamed
        expect(canSeeTicket(viewer, access)).toBe(owns)
        if (reads) expect([chat, owns]).toEqual(['customer', true])
      }),
    )
  })

  it('to the team chat exist only while chats are split (R5)', () => {
    fc.assert(
      fc.property(anyViewer, anyAccess, (viewer, access) => {
        expect(canReadChat(viewer, access, 'team', { splitChats: false })).toBe(false)
      }),
    )
  })

  it('of the base roles: an engineer needs to take part, a dispatcher does not', () => {
    const access: TicketAccess = {
      assigneeId: null,
      requesterId: 'x',
      customerId: null,
      stage: 'new',
      district: '',
      company: '',
      participants: { team: new Set(), customer: new Set(['in']) },
    }
    const viewer = (id: string, roleId: string): Viewer => ({
      id,
      kind: 'employee',
      permissions: new Set(baseRoles.find((role) => role.id === roleId)?.permissions),
      districts: new Set(),
    })
    const org = { splitChats: true }
    expect(canReadChat(viewer('in', 'engineer'), access, 'customer', org)).toBe(true)
    expect(canReadChat(viewer('out', 'engineer'), access, 'customer', org)).toBe(false)
    expect(canReadChat(viewer('out', 'dispatcher'), access, 'team', org)).toBe(true)
  })
})
