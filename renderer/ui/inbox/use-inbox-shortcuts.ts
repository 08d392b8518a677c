import type { RefObject } from 'react'
import type { InboxRow } from '../../data/api.ts'
import { useApp } from '../common/app-context.tsx'
import type { ListBoxHandle } from '../common/list-box.tsx'
import { markChatRead } from '../common/mark-read.ts'
import { useShortcuts } from '../common/use-shortcuts.ts'
import { nextUnread } from './next-unread.ts'

type InboxKeys = {
  list: RefObject<ListBoxHandle<InboxRow> | null>
  rows: readonly InboxRow[]
  selected: InboxRow | null
  open(row: InboxRow): void
}

/** J and K move, Enter opens, N opens the next unread chat, E marks the one at hand as read. */
export function useInboxShortcuts({ list, rows, selected, open }: InboxKeys): void {
  const { data } = useApp()
  const move = (step: 1 | -1) => {
    list.current?.move(step)
    list.current?.focus()
    return true
  }
  useShortcuts({
    KeyJ: () => move(1),
    KeyK: () => move(-1),
    KeyN: () => {
      const next = nextUnread(rows, list.current?.active() ?? selected)
      if (next) open(next)
      return next !== undefined
    },
    KeyE: () => {
      const row = list.current?.active() ?? selected
      if (row && row.unread > 0) void markChatRead(data, row.ticketId, row.chat)
      return row !== null
    },
  })
}
