import { useCallback, useMemo, useState } from 'react'
import type { Account } from '#common/domain/user.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { createSubjects, SubjectsContext } from '../chat/subjects.ts'
import { useApp } from '../common/app-context.tsx'
import { Confirm, Dialog } from '../common/dialog.tsx'
import { useLayout } from '../common/use-layout.ts'
import { useShortcuts } from '../common/use-shortcuts.ts'
import { useWatched } from '../common/use-watched.ts'
import { TicketFormDialog } from '../tickets/ticket-form-dialog.tsx'
import { useGo } from '../use-place.ts'
import { Panes } from './panes.tsx'
import { Rail } from './rail.tsx'
import { ShellContext, type Shell } from './shell-context.tsx'
import { ShortcutsSheet } from './shortcuts-sheet.tsx'
import { SignInForm } from './sign-in-form.tsx'
import { Switcher } from './switcher.tsx'
import { TitleBar } from './title-bar.tsx'
import { useRememberedServer } from './use-remembered-server.ts'

type Layer = 'switcher' | 'shortcuts' | 'new-ticket' | 'sign-in' | 'sign-out' | null

/** Everything of a signed-in workplace: bar, rail, panes, and the layers above them. */
export function SignedInWindow({ account, server }: { account: Account; server: string }) {
  const { t } = useLanguage()
  const { settings, changeSettings } = useApp()
  const go = useGo()
  const [layer, setLayer] = useState<Layer>(null)
  const [drawerOpen, setDrawerOpen] = useState(false)
  const [subjects] = useState(createSubjects)
  const wide = useLayout() === 'wide'
  const detailsOpen = settings.detailsOpen ?? true
  useRememberedServer(server, account.login)
  const close = useCallback(() => setLayer(null), [])

  const shell = useMemo<Shell>(
    () => ({
      account,
      server,
      openSwitcher: () => setLayer('switcher'),
      openNewTicket: () => setLayer('new-ticket'),
      openShortcuts: () => setLayer('shortcuts'),
      signInAgain: () => setLayer('sign-in'),
      askSignOut: () => setLayer('sign-out'),
      detailsOpen,
      drawerOpen,
      toggleDetails: () => (wide ? changeSettings({ detailsOpen: !detailsOpen }) : setDrawerOpen((open) => !open)),
    }),
    [account, server, detailsOpen, drawerOpen, wide, changeSettings],
  )

  const mayCreate = account.permissions.includes('tickets.create')
  useShortcuts({
    KeyC: () => {
      if (mayCreate) setLayer('new-ticket')
      return mayCreate
    },
    // «?» by its character too: it stands on another key in the Russian layout.
    'Shift+(Slash|Digit7|\\?)': (event) => {
      const asked = event.code === 'Slash' || event.key === '?'
      if (asked) setLayer('shortcuts')
      return asked
    },
  })
  useShortcuts(
    {
      F1: () => {
        setLayer('shortcuts')
        return true
      },
      '$mod+KeyK': () => {
        setLayer('switcher')
        return true
      },
    },
    { inFields: true },
  )

  return (
    <ShellContext value={shell}>
      <div className="flex h-full flex-col">
        <TitleBar onSearch={shell.openSwitcher} />
        <div className="flex min-h-0 flex-1 max-medium:flex-col">
          <Rail />
          <SubjectsContext value={subjects}>
            <Panes />
          </SubjectsContext>
        </div>
      </div>
      <Switcher open={layer === 'switcher'} onClose={close} />
      <ShortcutsSheet open={layer === 'shortcuts'} onClose={close} />
      <TicketFormDialog
        open={layer === 'new-ticket'}
        onClose={close}
        onCreated={(ticketId) => go({ section: 'tickets', ticketId, tab: 'fields' })}
      />
      <Dialog open={layer === 'sign-in'} onClose={close} title={t('session.sign-in-again')} width="narrow">
        <div className="px-5 pb-5">
          <SignInForm initial={{ server, login: account.login, password: '' }} fixedAccount onSignedIn={close} />
        </div>
      </Dialog>
      <SignOutQuestion open={layer === 'sign-out'} onClose={close} />
    </ShellContext>
  )
}

function SignOutQuestion({ open, onClose }: { open: boolean; onClose(): void }) {
  const { t } = useLanguage()
  const { data } = useApp()
  const connection = useWatched('connection', null)
  const { queued = 0, refused = 0 } = connection ?? {}
  const kept = [
    ...(queued > 0 ? [t('account.sign-out.queued', { count: queued })] : []),
    ...(refused > 0 ? [t('account.sign-out.refused', { count: refused })] : []),
  ]
  return (
    <Confirm
      open={open}
      title={t('account.sign-out.title')}
      text={kept.length > 0 ? kept.join(' ') : undefined}
      confirm={t('account.sign-out')}
      onConfirm={() => {
        onClose()
        void data.act.signOut(null)
      }}
      onCancel={onClose}
    />
  )
}
