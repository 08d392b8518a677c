import { describe, expect, it } from 'vitest'
import { bannersFor, byChat, type Arrival } from '#renderer/data/notify-banners.ts'

const arrival = (room: string, text = 'x'): Arrival => ({ room, authorId: 'other', text, attachments: 0 })
const many = (chats: number, messages: number): Arrival[] =>
  Array.from({ length: messages }, (_, index) => arrival(`chat.T${index % chats}.customer`, String(index)))
const none = () => 0

describe('which banners are shown', () => {
  it('none for the chat before the user', () => {
    const chats = byChat([arrival('chat.T1.customer'), arrival('chat.T2.customer')], 'chat.T1.customer')
    expect([...chats.keys()]).toEqual(['chat.T2.customer'])
    expect(bannersFor(byChat([arrival('chat.T1.customer')], 'chat.T1.customer'), true, none)).toEqual([])
  })

  it('one for a burst in one chat, with the last text and the count', () => {
    const banners = bannersFor(byChat(many(1, 5), null), true, none)
    expect(banners).toEqual([
      { kind: 'chat', room: 'chat.T0.customer', count: 5, last: arrival('chat.T0.customer', '4') },
    ])
  })

  it('counts on what the present banner of the chat speaks of', () => {
    expect(bannersFor(byChat(many(1, 2), null), true, () => 3)).toMatchObject([{ count: 5 }])
  })

  it('one each for a few chats that are live, one in all for many', () => {
    expect(bannersFor(byChat(many(3, 6), null), true, none)).toHaveLength(3)
    expect(bannersFor(byChat(many(4, 8), null), true, none)).toEqual([{ kind: 'summary', messages: 8, chats: 4 }])
  })

  it('one in all for what was missed: 300 messages in 20 chats, and 2 in 2', () => {
    expect(bannersFor(byChat(many(20, 300), null), false, none)).toEqual([
      { kind: 'summary', messages: 300, chats: 20 },
    ])
    expect(bannersFor(byChat(many(2, 2), null), false, none)).toEqual([{ kind: 'summary', messages: 2, chats: 2 }])
    expect(bannersFor(byChat(many(1, 4), null), false, none)).toMatchObject([{ kind: 'chat', count: 4 }])
  })
})
