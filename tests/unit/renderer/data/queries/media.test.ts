import { beforeEach, describe, expect, it } from 'vitest'
import type { Attachment } from '#common/domain/message.ts'
import type { UploadProgress } from '#renderer/data/media-api.ts'
import { chatRow, messageRow, storedTicket, ulid } from '#tests/support/client/rows.ts'
import { openTestAccount, pending, type TestAccount } from './account.ts'

const room = 'chat.T1.customer'
const chat = { ticketId: 'T1', chat: 'customer' } as const
const photo = (count: number): Attachment => ({
  sha256: count.toString(16).padStart(64, '0'),
  name: `фото ${count}.jpg`,
  mime: 'image/jpeg',
  size: 1_000,
})
const photos = (...counts: number[]) => counts.map(photo)
const progress: UploadProgress = {
  state: 'running',
  filesDone: 1,
  files: 2,
  bytesDone: 1_500,
  bytes: 2_000,
  remainingMs: 3_000,
  failure: null,
  failed: [],
}

let account: TestAccount
beforeEach(async () => {
  account = await openTestAccount()
  await account.write({
    tickets: [storedTicket({ id: 'T1' })],
    messages: [
      messageRow({ room, seq: 1, id: 'M1', attachments: photos(1, 2) }),
      messageRow({ room, seq: 2, id: 'M2' }),
      messageRow({ room, seq: 3, id: 'M3', authorId: 'me', attachments: photos(3) }),
      messageRow({ room, seq: 4, id: 'M4', attachments: photos(4), deleted: true }),
    ],
    chats: [chatRow({ room, ticketId: 'T1', lastSeq: 4 })],
  })
  return () => account.close()
})

const post = (attachments: Attachment[]) =>
  pending(9, { type: 'message.post', ticketId: 'T1', to: ['customer'], text: '', attachments }, { waits: true })

describe('pictures and videos of a chat', () => {
  it('are listed newest first, of each message in their own order, without those of deleted ones', async () => {
    const snapshot = await account.until<'chatMedia'>(account.watch('chatMedia', { ...chat, limit: 10 }), ({ items }) =>
      expect(items).toHaveLength(3),
    )
    expect(snapshot).toMatchObject({ hasOlder: false, ready: true })
    expect(snapshot.items).toMatchObject([
      { id: 'M3.0', messageId: 'M3', seq: 3, own: true, authorName: 'Мария Ковалёва' },
      { id: 'M1.0', index: 0, attachment: { name: 'фото 1.jpg' }, authorName: 'Пётр Сомов' },
      { id: 'M1.1', index: 1, attachment: { name: 'фото 2.jpg' } },
    ])
  })

  it('begin with those that wait on this device, and follow what comes', async () => {
    const emitted = account.watch('chatMedia', { ...chat, limit: 10 })
    account.double.setOutbox([post(photos(8, 9))])
    await account.until<'chatMedia'>(emitted, ({ items }) =>
      expect(items.slice(0, 3)).toMatchObject([
        { messageId: ulid(9), seq: null, delivery: 'queued', attachment: { name: 'фото 8.jpg' } },
        { index: 1, attachment: { name: 'фото 9.jpg' } },
        { messageId: 'M3' },
      ]),
    )
    await account.write({
      messages: [messageRow({ room, seq: 5, id: 'M5', attachments: photos(5) })],
      chats: [chatRow({ room, ticketId: 'T1', lastSeq: 5 })],
    })
    await account.until<'chatMedia'>(emitted, ({ items }) => expect(items[2]).toMatchObject({ messageId: 'M5' }))
  })

  it('of which there are 2,000 are read as far as they are shown', async () => {
    await account.write({
      messages: Array.from({ length: 2_000 }, (_, index) =>
        messageRow({ room, seq: 10 + index, id: `P${index}`, attachments: photos(100 + index) }),
      ),
      chats: [chatRow({ room, ticketId: 'T1', lastSeq: 2_009 })],
    })
    const snapshot = await account.until<'chatMedia'>(account.watch('chatMedia', { ...chat, limit: 60 }), ({ items }) =>
      expect(items).toHaveLength(60),
    )
    expect(snapshot.hasOlder).toBe(true)
    expect(snapshot.items[0]).toMatchObject({ messageId: 'P1999' })
  })
})

describe('a message that waits for its files', () => {
  it('tells how far they are, in its chat and in the queue', async () => {
    account.double.setOutbox([post(photos(8, 9))])
    account.double.setUploads(new Map([[ulid(9), progress]]))
    await account.until<'conversation'>(account.watch('conversation', { ...chat, limit: 50 }), ({ items }) => {
      expect(items.at(-1)).toMatchObject({ id: ulid(9), attachments: { length: 2 }, upload: progress })
      expect(items[0]).toMatchObject({ id: 'M1', upload: null })
    })
    await account.until<'queue'>(account.watch('queue', null), ([item]) =>
      expect(item).toMatchObject({ id: ulid(9), attachments: 2, upload: progress, canEdit: true }),
    )
  })

  it('changes as they go on', async () => {
    account.double.setOutbox([post(photos(8))])
    account.double.setUploads(new Map([[ulid(9), progress]]))
    const emitted = account.watch('conversation', { ...chat, limit: 50 })
    await account.until<'conversation'>(emitted, ({ items }) =>
      expect(items.at(-1)).toMatchObject({ upload: progress }),
    )
    account.double.setUploads(new Map([[ulid(9), { ...progress, filesDone: 2 }]]))
    await account.until<'conversation'>(emitted, ({ items }) =>
      expect(items.at(-1)).toMatchObject({ upload: { filesDone: 2 } }),
    )
  })
})

describe('a draft', () => {
  it('has no files while nothing was attached', async () => {
    account.double.setDraft(room, 'текст')
    await account.until<'draft'>(account.watch('draft', { room }), (draft) =>
      expect(draft).toEqual({ text: 'текст', saved: true, files: [], originals: false, refused: [] }),
    )
  })
})
