import { useCallback, useEffect, useRef } from 'react'
import type { ChatKind, TicketId } from '#common/domain/ids.ts'
import { useApp } from '../common/app-context.tsx'

/** Without a key for this long one no longer types; ms. */
const idleMs = 4000

/** Tells the others of a chat that one types: call the answer with each change, and with `false` when done. */
export function useTyping(ticketId: TicketId, chat: ChatKind): (typing: boolean) => void {
  const { data } = useApp()
  const told = useRef(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const tell = useCallback(
    (typing: boolean) => {
      clearTimeout(timer.current)
      if (typing) timer.current = setTimeout(() => tell(false), idleMs)
      if (told.current === typing) return
      told.current = typing
      void data.act.setTyping({ ticketId, chat, typing })
    },
    [data, ticketId, chat],
  )
  useEffect(() => () => tell(false), [tell])
  return tell
}
