import { createContext, use } from 'react'
import type { Account } from '#common/domain/user.ts'

/** What any screen may ask of the window around it. */
export type Shell = {
  account: Account
  server: string
  openSwitcher(): void
  openNewTicket(): void
  openShortcuts(): void
  signInAgain(): void
  askSignOut(): void
  /** The pane of details is wanted where there is room for it; kept between starts. */
  detailsOpen: boolean
  /** The drawer of details is open, where there is no room for a pane. */
  drawerOpen: boolean
  toggleDetails(): void
}

export const ShellContext = createContext<Shell | null>(null)

export function useShell(): Shell {
  const shell = use(ShellContext)
  if (!shell) throw new Error('useShell is used outside the signed-in window')
  return shell
}
