import type { DeliveryState } from '#common/domain/delivery.ts'
import type { Language } from '#common/ipc.ts'
import { momentText, timeText } from '../../i18n/dates.ts'
import type { Translate } from '../../i18n/messages.ts'
import type { MessageItem } from './conversation-rows.ts'

/** Device's and server's time are both shown when they are further apart than this; ms. */
const differenceMs = 2 * 60_000

type Words = { t: Translate; language: Language }

/** When a message was written; both times where the server took it much later: «написано 17:27, доставлено 17:44». */
export function messageTimeText(
  { t, language }: Words,
  item: Pick<MessageItem, 'writtenAt' | 'at'>,
  now: number,
): string {
  const { writtenAt, at } = item
  if (at === null || Math.abs(at - writtenAt) <= differenceMs) return timeText(language, at ?? writtenAt)
  return t('chat.times', { written: momentText(language, writtenAt, at), delivered: momentText(language, at, now) })
}

/** The word of a delivery state; a queued message says that it waits for the connection while there is none. */
export function deliveryText(t: Translate, state: DeliveryState, online: boolean): string {
  return state === 'queued' && !online ? t('delivery.queued.offline') : t(`delivery.${state}`)
}
