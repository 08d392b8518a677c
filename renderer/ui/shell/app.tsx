import { useCallback, useEffect, useMemo, useState } from 'react'
import { Toaster } from 'sonner'
import { Router } from 'wouter'
import { assertNever } from '#common/domain/result.ts'
import type { AppInformation, Settings } from '#common/ipc.ts'
import type { NaryadData } from '../../data/api.ts'
import { LanguageProvider, useLanguage } from '../../i18n/language.tsx'
import type { Platform } from '../../platform/platform.ts'
import { AppProvider, useApp } from '../common/app-context.tsx'
import { createLeaveGuard, LeaveGuardContext } from '../common/leave-guard.tsx'
import { useLayout } from '../common/use-layout.ts'
import { useWatched } from '../common/use-watched.ts'
import { listWidth } from './list-width.ts'
import { SignInScreen } from './sign-in-screen.tsx'
import { SignedInWindow } from './signed-in-window.tsx'
import { StartingScreen } from './starting-screen.tsx'
import { UpdateRequiredScreen } from './update-required-screen.tsx'
import { useTheme } from './use-theme.ts'

type AppProps = {
  data: NaryadData
  platform: Platform
  information: AppInformation
  initialSettings: Settings
}

/** The whole interface over the data and the machine that the composition root gives it. */
export function App({ data, platform, information, initialSettings }: AppProps) {
  const [settings, setSettings] = useState(initialSettings)
  const changeSettings = useCallback(
    (changes: Partial<Settings>) => {
      setSettings((before) => ({ ...before, ...changes }))
      void platform.settings.write(changes)
    },
    [platform],
  )
  const theme = useTheme(settings.theme)
  const [leaveGuard] = useState(createLeaveGuard)
  const { language } = settings
  useEffect(() => {
    document.documentElement.lang = language
    void data.act.setLanguage({ language })
  }, [data, language])
  const services = useMemo(
    () => ({ data, platform, information, settings, changeSettings }),
    [data, platform, information, settings, changeSettings],
  )
  return (
    <AppProvider services={services}>
      <LanguageProvider language={language}>
        <LeaveGuardContext value={leaveGuard}>
          <Router hook={leaveGuard.useLocation}>
            <Screen />
          </Router>
        </LeaveGuardContext>
        <Toasts theme={theme} />
      </LanguageProvider>
    </AppProvider>
  )
}

const railWidth = 64
const toastMargin = 12
const titleBarHeight = 36
/** What stands above a chat on a phone: its header, its tabs and a banner. */
const phoneHeadHeight = 180

/** Results of what the user did; never the arrival of messages. Where they cover no control. */
function Toasts({ theme }: { theme: 'light' | 'dark' }) {
  const { t } = useLanguage()
  const { settings, platform } = useApp()
  const layout = useLayout()
  const top = phoneHeadHeight + (platform.window ? titleBarHeight : 0)
  const phone = { top, left: toastMargin, right: toastMargin }
  return (
    <Toaster
      containerAriaLabel={t('toasts.label')}
      theme={theme}
      // The library's own typeface otherwise.
      style={{ fontFamily: 'inherit' }}
      mobileOffset={phone}
      {...(layout === 'narrow'
        ? { position: 'top-center', offset: phone }
        : {
            position: 'bottom-left',
            offset: { left: railWidth + toastMargin, bottom: 44 },
            toastOptions: { style: { width: listWidth(settings.listWidth, layout) - 2 * toastMargin } },
          })}
    />
  )
}

function Screen() {
  const { t } = useLanguage()
  const session = useWatched('session', null) ?? { state: 'starting' }
  useEffect(() => {
    if (session.state === 'signed-out') document.title = t('app.name')
  }, [session.state, t])
  switch (session.state) {
    case 'starting':
      return <StartingScreen />
    case 'signed-out':
      return <SignInScreen />
    case 'update-required':
      return <UpdateRequiredScreen server={session.server} />
    case 'signed-in':
    case 'locked':
      return (
        <SignedInWindow
          key={`${session.account.id} ${session.server}`}
          account={session.account}
          server={session.server}
        />
      )
    default:
      return assertNever(session)
  }
}
