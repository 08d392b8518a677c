import type { ChatMediaItem } from '../../data/media-api.ts'

/** Of one message its files, from 0: how a picture in a conversation is found among all of its chat. */
export type MediaPlace = { messageId: string; index: number }

export function placeOf({ messageId, index }: MediaPlace): string {
  return `${messageId} ${index}`
}

/** In the order of the conversation: the oldest message first, the files of each as they were sent. */
export function inOrder(newestFirst: readonly ChatMediaItem[]): ChatMediaItem[] {
  const messages: ChatMediaItem[][] = []
  for (const item of newestFirst) {
    const last = messages.at(-1)
    if (last?.[0]?.messageId === item.messageId) last.push(item)
    else messages.push([item])
  }
  return messages.toReversed().flat()
}
