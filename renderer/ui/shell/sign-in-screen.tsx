import { useEffect, useState } from 'react'
import type { SignInFailure } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { classes } from '../common/classes.ts'
import { InvitationForm } from './invitation-form.tsx'
import { LanguageSwitch } from './language-switch.tsx'
import { Logo } from './logo.tsx'
import { SignInForm } from './sign-in-form.tsx'
import { TitleBar } from './title-bar.tsx'

type Chosen = { url: string; login: string }

/** Shown while nobody is signed in. */
export function SignInScreen() {
  const { t } = useLanguage()
  const { settings, information } = useApp()
  const [chosen, setChosen] = useState<Chosen | null>(settings.servers[0] ?? null)
  const [invited, setInvited] = useState(false)
  const demo = useDemoSignIn()
  return (
    <div className="flex h-full flex-col">
      <TitleBar />
      <main className="scrolls grid flex-1 grid-cols-[minmax(0,400px)] items-center justify-center p-4">
        <div className="py-6">
          <div className="mb-6 flex items-center gap-3.5">
            <Logo size={40} />
            <div>
              <h1 className="text-[20px] leading-tight font-semibold tracking-tight">{t('sign-in.title')}</h1>
              <p className="mt-0.5 text-ink-2">{t('sign-in.subtitle')}</p>
            </div>
          </div>
          <div className="rounded-xl border border-line bg-pane p-5 shadow-small">
            {invited ? (
              <InvitationForm />
            ) : (
              <>
                {settings.servers.length > 0 ? <Remembered chosen={chosen} onChoose={setChosen} /> : null}
                <SignInForm
                  key={`${chosen?.url ?? ''} ${chosen?.login ?? ''} ${demo.failure ? 'demo' : ''}`}
                  initial={
                    demo.failure && information.demoSignIn
                      ? information.demoSignIn
                      : { server: chosen?.url ?? '', login: chosen?.login ?? '', password: '' }
                  }
                  initialFailure={demo.failure}
                />
              </>
            )}
            <p className="mt-3 border-t border-line pt-2.5 text-center">
              <Button kind="link" onClick={() => setInvited(!invited)}>
                {t(invited ? 'invitation.back' : 'invitation.have')}
              </Button>
            </p>
          </div>
          <div className="mt-4 text-note text-ink-2">
            <LanguageSwitch />
          </div>
        </div>
      </main>
    </div>
  )
}

/** Servers signed in to before; one is put into the form. */
function Remembered({ chosen, onChoose }: { chosen: Chosen | null; onChoose(chosen: Chosen | null): void }) {
  const { t } = useLanguage()
  const { settings } = useApp()
  return (
    <div role="group" aria-label={t('sign-in.servers')} className="mb-4 flex flex-col gap-1">
      <p className="text-small font-medium text-ink-2">{t('sign-in.servers')}</p>
      {settings.servers.map((known) => {
        const pressed = known.url === chosen?.url && known.login === chosen.login
        return (
          <button
            key={`${known.login} ${known.url}`}
            type="button"
            aria-pressed={pressed}
            onClick={() => onChoose(pressed ? null : known)}
            className={classes(
              'flex min-h-9 max-medium:min-h-11 items-center gap-2 rounded-lg border px-3 py-1.5 text-left',
              pressed ? 'border-accent bg-selected' : 'border-line hover:bg-hover',
            )}
          >
            <b className="font-semibold">{known.login}</b>
            <span className="min-w-0 truncate text-ink-2">{known.url}</span>
          </button>
        )
      })}
    </div>
  )
}

/** Whoever started the app with `npm start` is signed in to its demonstration server, once. */
function useDemoSignIn(): { failure: SignInFailure | null } {
  const { data, information } = useApp()
  const [failure, setFailure] = useState<SignInFailure | null>(null)
  const demo = information.demoSignIn
  useEffect(() => {
    if (!demo || demoTried) return
    demoTried = true
    void data.act
      .signIn({ ...demo, remember: false })
      .then((result) => (result.ok ? undefined : setFailure(result.reason)))
  }, [data, demo])
  return { failure }
}

/** After a sign-out the form is shown, so this outlives the screen. */
let demoTried = false
