import { useState } from 'react'
import { useLayout } from '../common/use-layout.ts'
import { useMinimumWidth } from '../common/use-minimum-width.ts'
import { useShell } from '../shell/shell-context.tsx'

/** With both chats in sight a pane of details needs a window so wide; px. */
const besideMinimum = 1720

export type DetailsPlace = {
  /** A pane of its own, or a drawer above the others. */
  place: 'pane' | 'drawer'
  open: boolean
  toggle(): void
}

/** Where the details of a ticket are shown. Two chats beside each other leave no room for a pane in most windows. */
export function useDetails(beside: boolean): DetailsPlace {
  const { detailsOpen, drawerOpen, toggleDetails } = useShell()
  const wide = useLayout() === 'wide'
  const roomBeside = useMinimumWidth(besideMinimum)
  const [besideOpen, setBesideOpen] = useState(false)
  if (beside && !roomBeside) return { place: 'drawer', open: besideOpen, toggle: () => setBesideOpen((open) => !open) }
  return wide
    ? { place: 'pane', open: detailsOpen, toggle: toggleDetails }
    : { place: 'drawer', open: drawerOpen, toggle: toggleDetails }
}
