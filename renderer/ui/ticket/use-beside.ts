import type { TicketSnapshot } from '../../data/api.ts'
import { useApp } from '../common/app-context.tsx'
import { useMinimumWidth } from '../common/use-minimum-width.ts'

/** Two chats need a window so wide; px. */
const besideMinimum = 1400

type Beside = {
  /** There are two chats and room for both: the user may choose. */
  offered: boolean
  on: boolean
  toggle(): void
}

/** Whether both chats of a ticket stand beside each other; the choice is kept between starts. */
export function useBeside(snapshot: TicketSnapshot | undefined): Beside {
  const { settings, changeSettings } = useApp()
  const room = useMinimumWidth(besideMinimum)
  const offered = room && (snapshot?.chats.length ?? 0) > 1
  const chosen = settings.chatsBeside ?? false
  return { offered, on: offered && chosen, toggle: () => changeSettings({ chatsBeside: !chosen }) }
}
