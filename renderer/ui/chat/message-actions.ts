import { useMemo } from 'react'
import { toast } from 'sonner'
import type { ChatKind, Seq, TicketId } from '#common/domain/ids.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { writeFailureText } from '../common/refusal-text.ts'
import type { MessageItem } from './conversation-rows.ts'

/** What can be done with one message. */
export type MessageActions = {
  reply(item: MessageItem): void
  edit(item: MessageItem): void
  copy(item: MessageItem): void
  /** Asks first. */
  remove(item: MessageItem): void
  cancel(item: MessageItem): void
  /** Brings a held message back into the field it was written in. */
  takeBack(item: MessageItem): void
  retry(item: MessageItem): void
  discard(item: MessageItem): void
  jumpTo(seq: Seq): void
  /** The photo or video of that place, from 0. */
  openMedia(item: MessageItem, index: number): void
}

type Own = Pick<MessageActions, 'reply' | 'edit' | 'remove' | 'takeBack' | 'openMedia'>

/** Actions of a conversation's messages; what needs the conversation's own state comes in `own`, which must be stable. */
export function useMessageActions(own: Own): Omit<MessageActions, 'jumpTo'> {
  const { data, platform } = useApp()
  const { t } = useLanguage()
  return useMemo(
    () => ({
      ...own,
      copy: (item) => {
        void platform.writeClipboard(item.text).then(() => toast.success(t('common.copied')))
      },
      cancel: (item) => {
        void data.act
          .cancelQueued({ id: item.id })
          .then((cancelled) => (cancelled ? toast.success(t('queue.cancelled')) : toast.error(t('queue.too-late'))))
      },
      retry: (item) => {
        void data.act.retryRefused({ id: item.id }).then((result) => {
          if (result.ok) toast.success(t('queue.retried'))
          else toast.error(t('queue.not-saved', { detail: writeFailureText(t, result.reason) }))
        })
      },
      discard: (item) => {
        void data.act.discardRefused({ id: item.id }).then(() => toast.success(t('queue.discarded')))
      },
    }),
    [own, data, platform, t],
  )
}

/** Deletes a message of one's own for everybody and tells when that could not be noted. */
export function useDeleteMessage(ticketId: TicketId): (item: MessageItem, chats: ChatKind[]) => void {
  const { data } = useApp()
  const { t } = useLanguage()
  return (item, chats) => {
    void data.act.deleteMessage({ ticketId, chats, target: item.id }).then((result) => {
      if (!result.ok) toast.error(t('queue.not-saved', { detail: writeFailureText(t, result.reason) }))
    })
  }
}
