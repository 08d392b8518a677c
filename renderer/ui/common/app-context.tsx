import { createContext, use, type ReactNode } from 'react'
import type { AppInformation, Settings } from '#common/ipc.ts'
import type { NaryadData } from '../../data/api.ts'
import type { Platform } from '../../platform/platform.ts'

export type AppServices = {
  data: NaryadData
  platform: Platform
  information: AppInformation
  settings: Settings
  changeSettings(changes: Partial<Settings>): void
}

const AppContext = createContext<AppServices | null>(null)

export function AppProvider({ services, children }: { services: AppServices; children: ReactNode }) {
  return <AppContext value={services}>{children}</AppContext>
}

/** What the composition root gave to the screens: the data, the machine, the settings. */
export function useApp(): AppServices {
  const services = use(AppContext)
  if (!services) throw new Error('useApp is used outside AppProvider')
  return services
}
