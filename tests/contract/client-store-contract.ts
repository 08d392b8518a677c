import { beforeEach, describe, expect, it } from 'vitest'
import type { User } from '#common/domain/user.ts'
import type { AccountStores } from '#renderer/data/store/ports.ts'
import {
  chatRow,
  draft,
  emptyBatch,
  keptFile,
  messageRow,
  outboxRow,
  roomState,
  storedTicket,
} from '#tests/support/client/rows.ts'

const room = 'chat.T1.customer'
const otherRoom = 'chat.T2.customer'

/** What every implementation of the client's databases does. `open` gives the databases of a new account. */
export function describeClientStore(name: string, open: () => Promise<AccountStores>): void {
  describe(name, () => {
    let stores: AccountStores
    beforeEach(async () => {
      stores = await open()
      return () => stores.close()
    })

    describe('replica', () => {
      it('is empty at first', async () => {
        expect(await stores.replica.cursor()).toBeNull()
        expect((await stores.replica.heads()).size).toBe(0)
      })

      it('keeps states byte for byte, heads and the cursor', async () => {
        const state = roomState({ room, seq: 7, entries: 3, epoch: 2, state: Uint8Array.of(0, 255, 1, 2) })
        await stores.replica.save([state], 'c1')
        expect((await stores.replica.load([room, 'ticket.none'])).get(room)).toEqual(state)
        expect((await stores.replica.load(['ticket.none'])).size).toBe(0)
        expect(await stores.replica.heads()).toEqual(new Map([[room, { seq: 7, entries: 3, epoch: 2 }]]))
        expect(await stores.replica.cursor()).toBe('c1')
      })

      it('leaves the cursor when none is given', async () => {
        await stores.replica.save([], 'c1')
        await stores.replica.save([roomState({ room })])
        expect(await stores.replica.cursor()).toBe('c1')
      })

      it('forgets removed rooms, and everything when cleared', async () => {
        await stores.replica.save([roomState({ room }), roomState({ room: otherRoom })], 'c1')
        await stores.replica.remove([room, 'ticket.none'])
        expect([...(await stores.replica.heads()).keys()]).toEqual([otherRoom])
        await stores.replica.clear()
        expect((await stores.replica.heads()).size).toBe(0)
        expect((await stores.replica.load([otherRoom])).size).toBe(0)
        expect(await stores.replica.cursor()).toBeNull()
      })
    })

    describe('projection', () => {
      it('gives rows back as they were written', async () => {
        const chat = chatRow({ room, ticketId: 'T1', unread: 2, lastSeq: 5 })
        const ticket = storedTicket({ id: 'T1', number: 42, assigneeId: null })
        const lines = [
          messageRow({ room, seq: 1, id: 'M1' }),
          { room, seq: 2, id: 'J1', at: 5, type: 'joined', userId: 'u2', byId: 'u1' } as const,
        ]
        await stores.projection.write({ ...emptyBatch(), chats: [chat], tickets: [ticket], messages: lines })
        expect((await stores.projection.chats([room, 'chat.none.team'])).get(room)).toEqual(chat)
        expect(await stores.projection.chatsOfTicket('T1')).toEqual([chat])
        expect(await stores.projection.ticket('T1')).toEqual(ticket)
        expect(await stores.projection.ticket('T9')).toBeUndefined()
        expect(await stores.projection.messagesById(room, ['M1', 'J1', 'none'])).toEqual(
          new Map(lines.map((line) => [line.id, line])),
        )
      })

      it('takes the same batch twice, and replaces what changed', async () => {
        const batch = { ...emptyBatch(), messages: [messageRow({ room, seq: 1, id: 'M1', text: 'a' })] }
        await stores.projection.write(batch)
        await stores.projection.write(batch)
        await stores.projection.write({
          ...emptyBatch(),
          messages: [messageRow({ room, seq: 1, id: 'M1', text: 'b', editedAt: 9 })],
        })
        const found = await stores.projection.messagesById(room, ['M1'])
        expect(found.get('M1')).toMatchObject({ text: 'b', editedAt: 9 })
        expect(await stores.projection.countUnread(room, 0, 'me')).toBe(1)
      })

      it('keeps the two copies of a cross-post apart', async () => {
        const messages = [
          messageRow({ room, seq: 1, id: 'M1' }),
          messageRow({ room: 'chat.T1.team', seq: 4, id: 'M1' }),
        ]
        await stores.projection.write({ ...emptyBatch(), messages })
        expect((await stores.projection.messagesById('chat.T1.team', ['M1'])).get('M1')?.seq).toBe(4)
        expect((await stores.projection.messagesById(room, ['M1'])).get('M1')?.seq).toBe(1)
      })

      it('counts others’ messages after a mark that are not deleted', async () => {
        await stores.projection.write({
          ...emptyBatch(),
          messages: [
            messageRow({ room, seq: 1, id: 'M1', authorId: 'other' }),
            messageRow({ room, seq: 2, id: 'M2', authorId: 'me' }),
            messageRow({ room, seq: 3, id: 'M3', authorId: 'other' }),
            messageRow({ room, seq: 4, id: 'M4', authorId: 'other', deleted: true }),
            messageRow({ room: otherRoom, seq: 5, id: 'M5', authorId: 'other' }),
            { room, seq: 6, id: 'J1', at: 5, type: 'left', userId: 'u2', byId: 'u1' },
          ],
        })
        expect(await stores.projection.countUnread(room, 0, 'me')).toBe(2)
        expect(await stores.projection.countUnread(room, 1, 'me')).toBe(1)
        expect(await stores.projection.countUnread(room, 6, 'me')).toBe(0)
      })

      it('finds the newest message that is not deleted, however many deleted ones follow', async () => {
        expect(await stores.projection.newestMessage(room)).toBeUndefined()
        const deleted = Array.from({ length: 60 }, (_, index) =>
          messageRow({ room, seq: index + 3, id: `D${index}`, deleted: true }),
        )
        await stores.projection.write({
          ...emptyBatch(),
          messages: [messageRow({ room, seq: 1, id: 'M1' }), messageRow({ room, seq: 2, id: 'M2' }), ...deleted],
        })
        expect((await stores.projection.newestMessage(room))?.id).toBe('M2')
      })

      it('removes chats with their messages, and tickets', async () => {
        await stores.projection.write({
          ...emptyBatch(),
          chats: [chatRow({ room, ticketId: 'T1' }), chatRow({ room: otherRoom, ticketId: 'T2' })],
          tickets: [storedTicket({ id: 'T1' }), storedTicket({ id: 'T2' })],
          messages: [messageRow({ room, seq: 1, id: 'M1' }), messageRow({ room: otherRoom, seq: 1, id: 'M2' })],
        })
        await stores.projection.write({ ...emptyBatch(), removedChats: [room], removedTickets: ['T1'] })
        expect((await stores.projection.chats([room])).size).toBe(0)
        expect((await stores.projection.messagesById(room, ['M1'])).size).toBe(0)
        expect(await stores.projection.newestMessage(room)).toBeUndefined()
        expect(await stores.projection.ticket('T1')).toBeUndefined()
        expect((await stores.projection.messagesById(otherRoom, ['M2'])).size).toBe(1)
      })

      it('takes a chat again that was removed', async () => {
        const batch = {
          ...emptyBatch(),
          chats: [chatRow({ room })],
          messages: [messageRow({ room, seq: 1, id: 'M1' })],
        }
        await stores.projection.write(batch)
        await stores.projection.write({ ...emptyBatch(), removedChats: [room] })
        await stores.projection.write(batch)
        expect((await stores.projection.chats([room])).size).toBe(1)
        expect((await stores.projection.newestMessage(room))?.id).toBe('M1')
      })

      it('in one batch removes before it writes: a room that was rewritten', async () => {
        await stores.projection.write({
          ...emptyBatch(),
          chats: [chatRow({ room })],
          messages: [messageRow({ room, seq: 1, id: 'M1' }), messageRow({ room, seq: 2, id: 'M2' })],
        })
        await stores.projection.write({
          ...emptyBatch(),
          removedChats: [room],
          chats: [chatRow({ room })],
          messages: [messageRow({ room, seq: 1, id: 'N1' })],
        })
        expect((await stores.projection.newestMessage(room))?.id).toBe('N1')
        expect((await stores.projection.chats([room])).size).toBe(1)
        expect((await stores.projection.messagesById(room, ['M2'])).size).toBe(0)
      })

      it('lists people and unread chats', async () => {
        const person: User = {
          id: 'u1',
          login: 'anna',
          name: 'Анна',
          kind: 'employee',
          roleId: 'dispatcher',
          active: true,
        }
        await stores.projection.write({
          ...emptyBatch(),
          people: [person],
          chats: [chatRow({ room, unread: 2, lastSeq: 9 }), chatRow({ room: otherRoom, ticketId: 'T2', unread: 0 })],
        })
        expect(await stores.projection.people()).toEqual([person])
        expect(await stores.projection.unreadChats()).toEqual([{ room, ticketId: 'T1', chat: 'customer', lastSeq: 9 }])
      })

      it('is empty after it was cleared, and can be filled again', async () => {
        const batch = {
          ...emptyBatch(),
          chats: [chatRow({ room, unread: 1 })],
          tickets: [storedTicket({ id: 'T1' })],
          messages: [messageRow({ room, seq: 1, id: 'M1' })],
        }
        await stores.projection.write(batch)
        await stores.projection.clear()
        expect(await stores.projection.unreadChats()).toEqual([])
        expect(await stores.projection.ticket('T1')).toBeUndefined()
        expect(await stores.projection.newestMessage(room)).toBeUndefined()
        await stores.projection.write(batch)
        expect((await stores.projection.newestMessage(room))?.id).toBe('M1')
      })
    })

    describe('outbox', () => {
      it('lists commands in the order of writing, whatever the order of storing', async () => {
        const rows = [3, 1, 2].map((order) => outboxRow({ order }))
        await stores.outbox.put(rows.slice(0, 2))
        await stores.outbox.put(rows.slice(2))
        expect((await stores.outbox.rows()).map(({ order }) => order)).toEqual([1, 2, 3])
        expect((await stores.outbox.rows())[0]).toEqual(rows[1])
      })

      it('replaces a row of the same id and removes rows', async () => {
        const row = outboxRow({ order: 1 })
        const other = outboxRow({ order: 2 })
        await stores.outbox.put([row, other])
        const refused = { ...row, state: 'refused' as const, refusal: { code: 'E_FORBIDDEN' as const, message: 'no' } }
        await stores.outbox.put([refused])
        expect(await stores.outbox.rows()).toEqual([refused, other])
        await stores.outbox.remove([row.id])
        expect(await stores.outbox.rows()).toEqual([other])
      })

      it('removes a row whose writing is still under way', async () => {
        const row = outboxRow({ order: 1 })
        await Promise.all([stores.outbox.put([row]), stores.outbox.remove([row.id])])
        expect(await stores.outbox.rows()).toEqual([])
      })

      it('keeps drafts; an empty one is gone and can be written again', async () => {
        await stores.outbox.putDraft(room, draft('черновик'))
        await stores.outbox.putDraft(otherRoom, draft('x'))
        await stores.outbox.putDraft(otherRoom, draft(''))
        expect(await stores.outbox.drafts()).toEqual(new Map([[room, draft('черновик')]]))
        await stores.outbox.putDraft(otherRoom, draft('y'))
        expect((await stores.outbox.drafts()).get(otherRoom)).toEqual(draft('y'))
      })

      it('keeps a draft with files, and one that only says that originals are wanted', async () => {
        const files = [keptFile(1)]
        await stores.outbox.putDraft(room, { text: '', files, originals: true })
        await stores.outbox.putDraft(otherRoom, { text: '', files: [], originals: true })
        expect(await stores.outbox.drafts()).toEqual(
          new Map([
            [room, { text: '', files, originals: true }],
            [otherRoom, { text: '', files: [], originals: true }],
          ]),
        )
      })

      it('keeps the files of a row and that it waits for them', async () => {
        const row = outboxRow({ order: 1, files: [keptFile(1), keptFile(2)], waits: true })
        await stores.outbox.put([row])
        expect(await stores.outbox.rows()).toEqual([row])
        const { waits: _waits, ...joined } = row
        await stores.outbox.put([{ ...joined, order: 7 }])
        expect(await stores.outbox.rows()).toEqual([{ ...joined, order: 7 }])
      })

      it('keeps where an upload was begun until it is removed', async () => {
        const upload = { key: 'a'.repeat(64), url: 'http://server/media/uploads/1', size: 10, at: 5 }
        await stores.outbox.putBegunUpload(upload)
        await stores.outbox.putBegunUpload({ ...upload, url: 'http://server/media/uploads/2' })
        expect(await stores.outbox.begunUploads()).toEqual([{ ...upload, url: 'http://server/media/uploads/2' }])
        await stores.outbox.removeBegunUpload(upload.key)
        expect(await stores.outbox.begunUploads()).toEqual([])
      })

      it('keeps the mark of the journal', async () => {
        expect(await stores.outbox.journalMark()).toBeNull()
        await stores.outbox.setJournalMark({ generation: 3, items: 12 })
        await stores.outbox.setJournalMark({ generation: 4, items: 1 })
        expect(await stores.outbox.journalMark()).toEqual({ generation: 4, items: 1 })
      })
    })
  })
}
