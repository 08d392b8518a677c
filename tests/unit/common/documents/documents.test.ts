import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { refusal } from '#common/protocol/refusals.ts'
import type { EntryDraft } from '#common/domain/message.ts'
import type { Ticket } from '#common/domain/ticket.ts'
import {
  appendEntries,
  lastSeqOf,
  readEntries,
  readParticipants,
  readReceipts,
  writeParticipant,
  writeReceipt,
} from '#common/documents/chat-document.ts'
import {
  appendCommand,
  clearRefused,
  observeOutbox,
  readCommands,
  readRefused,
  strikeOff,
  withdrawCommand,
} from '#common/documents/outbox-document.ts'
import { readHistory, readTicket, writeTicket } from '#common/documents/ticket-document.ts'
import { readMarksOf, writeReadMark } from '#common/documents/personal-document.ts'
import {
  readOrganisation,
  readRoles,
  readUsers,
  writeOrganisation,
  writeRole,
  writeUser,
} from '#common/documents/directory-document.ts'

const copyOf = (document: Y.Doc): Y.Doc => {
  const copy = new Y.Doc()
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(document))
  return copy
}
const message = (id: string, text = 'Добрый день'): EntryDraft => ({
  type: 'message',
  id,
  authorId: 'ada',
  writtenAt: '2026-11-22T09:00:00Z',
  text,
})

describe('chat document', () => {
  it('N5: numbers entries by their position and gives them back elsewhere', () => {
    const chat = new Y.Doc()
    appendEntries(chat, [message('a'), message('b')], 1000)
    appendEntries(chat, [{ type: 'edit', id: 'c', target: 'a', text: 'Добрый вечер' }], 2000)
    const entries = readEntries(copyOf(chat))
    expect(entries.map(({ seq, id, at }) => [seq, id, at])).toEqual([
      [1, 'a', 1000],
      [2, 'b', 1000],
      [3, 'c', 2000],
    ])
    expect(readEntries(chat, 2)).toHaveLength(1)
    expect(lastSeqOf(chat)).toBe(3)
  })

  it('N5: skips an entry of a newer version without shifting the others', () => {
    const chat = new Y.Doc()
    chat.getArray('entries').push([{ seq: 1, at: 1, id: 'x', type: 'hologram', shape: 'cat' }])
    appendEntries(chat, [message('b')], 1)
    expect(readEntries(chat).map(({ seq, id }) => [seq, id])).toEqual([[2, 'b']])
    expect(lastSeqOf(chat)).toBe(2)
  })

  it('gives back receipts and participants, leaving out what it can not read', () => {
    const chat = new Y.Doc()
    writeReceipt(chat, 'ada', { delivered: 3, read: 2 })
    writeParticipant(chat, 'ada', { name: 'Ада', kind: 'employee', lock: 'assignee', addedBy: 'boris', addedAt: 5 })
    writeParticipant(chat, 'gone', { name: 'Был', kind: 'employee', addedBy: 'boris', addedAt: 5 })
    writeParticipant(chat, 'gone', null)
    chat.getMap('receipts').set('broken', 'text')
    expect(readReceipts(copyOf(chat))).toEqual(new Map([['ada', { delivered: 3, read: 2 }]]))
    expect([...readParticipants(copyOf(chat)).keys()]).toEqual(['ada'])
  })
})

describe('outbox document', () => {
  it('C4, C6: is struck off from the front while the device goes on writing', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 3 }), { maxLength: 30 }), (strikes) => {
        const device = new Y.Doc()
        const server = new Y.Doc()
        const taken: unknown[] = []
        let written = 0
        for (const strike of strikes) {
          appendCommand(device, { id: String(written++) })
          Y.applyUpdate(server, Y.encodeStateAsUpdate(device))
          const waiting = readCommands(server).slice(0, strike)
          taken.push(...waiting)
          strikeOff(server, waiting.length, new Map())
          appendCommand(device, { id: String(written++) })
          Y.applyUpdate(device, Y.encodeStateAsUpdate(server))
        }
        const all = [...taken, ...readCommands(device)]
        expect(all).toEqual(Array.from({ length: written }, (_, index) => ({ id: String(index) })))
      }),
    )
  })

  it('C6: tells a refusal with its strike-off, and forgets it when the device has it', () => {
    const device = new Y.Doc()
    appendCommand(device, { id: 'a' })
    const server = copyOf(device)
    let calls = 0
    const dispose = observeOutbox(device, () => calls++)
    strikeOff(server, 1, new Map([['a', refusal('E_FORBIDDEN')]]))
    Y.applyUpdate(device, Y.encodeStateAsUpdate(server))
    expect(calls).toBeGreaterThan(0)
    expect(readRefused(device).get('a')?.code).toBe('E_FORBIDDEN')
    clearRefused(device, ['a'])
    expect(readRefused(device).size).toBe(0)
    dispose()
  })

  it('reads a refusal of a newer server as a refusal', () => {
    const device = new Y.Doc()
    device.getMap('refused').set('a', { code: 'E_FUTURE', message: 'new rule' })
    expect(readRefused(device).get('a')).toMatchObject({ code: 'E_COMMAND_INVALID', message: 'E_FUTURE: new rule' })
  })

  it('gives a waiting command back once', () => {
    const device = new Y.Doc()
    for (const id of ['a', 'b', 'c']) appendCommand(device, { id })
    expect(withdrawCommand(device, 'b')).toBe(true)
    expect(withdrawCommand(device, 'b')).toBe(false)
    expect(readCommands(device)).toEqual([{ id: 'a' }, { id: 'c' }])
  })
})

describe('ticket document', () => {
  const ticket: Ticket = {
    id: 'T1',
    number: 20418,
    stage: 'new',
    assigneeId: null,
    requesterId: 'ada',
    customerId: 'olga',
    createdById: 'ada',
    createdAt: 1,
    stageAt: 1,
    fields: { title: 'Не держит давление насос ГВС', priority: 'high', company: 'ТЦ «Меридиан»' },
  }

  it('gives back the ticket and its history', () => {
    const document = new Y.Doc()
    writeTicket(document, ticket, null)
    const line = {
      at: 2,
      writtenAt: '2026-11-22T09:00:00Z',
      byId: 'ada',
      commandId: 'c',
      changes: [{ field: 'stage', from: 'new', to: 'done' }],
    }
    writeTicket(document, { ...ticket, stage: 'done' }, line)
    expect(readTicket(copyOf(document))).toEqual({ ...ticket, stage: 'done' })
    expect(readHistory(copyOf(document))).toEqual([line])
  })

  it('writes only what changed', () => {
    const document = new Y.Doc()
    writeTicket(document, ticket, null)
    let updates = 0
    document.on('update', () => updates++)
    writeTicket(document, ticket, null)
    expect(updates).toBe(0)
  })

  it('refuses a stage of a newer version instead of guessing', () => {
    const document = new Y.Doc()
    writeTicket(document, ticket, null)
    document.getMap('fields').set('stage', 'teleported')
    expect(readTicket(document)).toBeUndefined()
  })
})

describe('personal and directory documents', () => {
  it('keep other state of a chat when the read mark moves', () => {
    const me = new Y.Doc()
    me.getMap('chats').set('chat.T1.customer', { read: 1, pinned: true })
    writeReadMark(me, 'chat.T1.customer', 4)
    expect(me.getMap('chats').get('chat.T1.customer')).toEqual({ read: 4, pinned: true })
    expect(readMarksOf(copyOf(me))).toEqual(new Map([['chat.T1.customer', 4]]))
  })

  it('give back people, roles and the organisation', () => {
    const directory = new Y.Doc()
    const user = { id: 'u1', login: 'ada', name: 'Ада', kind: 'employee' as const, roleId: 'dispatcher', active: true }
    writeUser(directory, user)
    writeRole(directory, { id: 'r', name: 'Роль', permissions: ['tickets.create'] })
    directory
      .getMap('roles')
      .set('newer', { id: 'newer', name: 'Новая', permissions: ['tickets.create', 'tickets.teleport'] })
    expect(readOrganisation(directory)).toEqual({ name: '', splitChats: false })
    writeOrganisation(directory, { name: 'Сервис', splitChats: true })
    const copy = copyOf(directory)
    expect(readUsers(copy)).toEqual([user])
    expect(readRoles(copy).map((role) => role.permissions)).toEqual([['tickets.create'], ['tickets.create']])
    expect(readOrganisation(copy)).toEqual({ name: 'Сервис', splitChats: true })
  })
})
