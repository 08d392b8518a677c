import type { Page } from 'playwright-core'
import type { ConversationItem } from '#renderer/data/api.ts'

/** A chat of 400 messages, five minutes apart, of which the last `unread` are not read. */
export async function fillChat(page: Page, room: string, unread: number): Promise<void> {
  await page.evaluate(
    ([name, unreadCount]) =>
      window.fake.change((world) => {
        const chat = world.chats.get(name)
        const first = chat?.items[0]
        if (chat === undefined || first?.kind !== 'message') throw new Error(`nothing in ${name}`)
        const now = Date.now()
        chat.items = Array.from({ length: 400 }, (_, index): ConversationItem => {
          const at = now - (400 - index) * 300_000
          const text = `Сообщение ${index + 1}. ${'слово '.repeat((index * 7) % 40)}`
          return { ...first, own: false, id: `long ${index}`, seq: index + 1, text, at, writtenAt: at }
        })
        chat.readSeq = 400 - unreadCount
      }),
    [room, unread] as const,
  )
}
