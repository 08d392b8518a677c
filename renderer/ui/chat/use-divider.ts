import { useState } from 'react'
import type { Seq } from '#common/domain/ids.ts'
import type { ConversationSnapshot } from '../../data/api.ts'
import { useWindowFocus } from '../common/use-window-focus.ts'

/**
 * The read mark at which the «N новых» divider stands, null for none. It keeps the mark the chat was opened with; once all was
 * read it goes when the user turns to another window, and stands anew at what arrives meanwhile.
 */
export function useDivider({ readSeq, unread }: ConversationSnapshot): Seq | null {
  const focused = useWindowFocus()
  const [divider, setDivider] = useState<Seq | null>(unread > 0 ? readSeq : null)
  const [wasFocused, setWasFocused] = useState(focused)
  if (wasFocused !== focused) {
    setWasFocused(focused)
    if (!focused && unread === 0) setDivider(null)
  }
  if (!focused && divider === null && unread > 0) setDivider(readSeq)
  return divider
}
