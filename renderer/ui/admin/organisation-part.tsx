import { useState, type FormEvent } from 'react'
import { toast } from 'sonner'
import type { DirectorySnapshot } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { classes } from '../common/classes.ts'
import { Confirm } from '../common/dialog.tsx'
import { controlClasses, Field } from '../common/field.tsx'
import { useReport } from '../common/use-report.ts'
import { Scroller } from './controls.tsx'
import { PendingChanges } from './pending-changes.tsx'

type Organisation = DirectorySnapshot['organisation']

/** «Организация»: its name, and whether messages are split into a team chat and a customer chat. */
export function OrganisationPart({ organisation }: { organisation: Organisation }) {
  const { t } = useLanguage()
  return (
    <Scroller label={t('admin.part.organisation')}>
      <div className="flex max-w-[720px] flex-col gap-4 px-[18px] py-4 max-medium:px-3">
        <NameCard key={organisation.name} name={organisation.name} />
        <SplitCard split={organisation.splitChats} />
        <PendingChanges pending={organisation.pending} />
      </div>
    </Scroller>
  )
}

function NameCard({ name }: { name: string }) {
  const { t } = useLanguage()
  const { data } = useApp()
  const report = useReport()
  const [text, setText] = useState(name)
  const [error, setError] = useState<string>()
  async function submit(event: FormEvent) {
    event.preventDefault()
    const given = text.trim()
    if (given === '') setError(t('admin.organisation.name.required'))
    else if (await report(data.act.updateOrganisation({ name: given }))) toast.success(t('admin.organisation.saved'))
  }
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="rounded-xl border border-line p-4">
      <Field label={t('admin.organisation.name')} hint={t('admin.organisation.name.hint')} error={error}>
        {(attributes) => (
          <span className="flex gap-2">
            <input
              {...attributes}
              value={text}
              maxLength={200}
              autoComplete="organization"
              onChange={(event) => {
                setText(event.target.value)
                setError(undefined)
              }}
              className={controlClasses}
            />
            <Button
              type="submit"
              kind={text.trim() === name ? 'plain' : 'primary'}
              disabled={text.trim() === name}
              className="h-[34px]"
            >
              {t('common.save')}
            </Button>
          </span>
        )}
      </Field>
    </form>
  )
}

function SplitCard({ split }: { split: boolean }) {
  const { t } = useLanguage()
  const { data } = useApp()
  const report = useReport()
  const [asking, setAsking] = useState(false)
  const change = split ? 'off' : 'on'
  return (
    <section className="rounded-xl border border-line p-4">
      <div className="flex items-start gap-3">
        <h2 id="split-title" className="min-w-0 flex-1 font-semibold">
          {t('admin.split.title')}
        </h2>
        <Switch on={split} labelledBy="split-title" onPress={() => setAsking(true)} />
      </div>
      <p className="mt-1 text-ink-2">{t(split ? 'admin.split.now.on' : 'admin.split.now.off')}</p>
      <h3 className="mt-3 text-small font-semibold">{t(`admin.split.if.${change}`)}</h3>
      <ul className="mt-1 list-disc space-y-1 pl-5 text-ink-2">
        {([1, 2, 3] as const).map((line) => (
          <li key={line}>{t(`admin.split.${change}.${line}`)}</li>
        ))}
      </ul>
      <Confirm
        open={asking}
        title={t(`admin.split.${change}.ask`)}
        text={t(`admin.split.${change}.ask.text`)}
        confirm={t(`admin.split.${change}.confirm`)}
        danger={split}
        onConfirm={() => {
          setAsking(false)
          void report(data.act.updateOrganisation({ splitChats: !split }))
        }}
        onCancel={() => setAsking(false)}
      />
    </section>
  )
}

function Switch({ on, labelledBy, onPress }: { on: boolean; labelledBy: string; onPress(): void }) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      aria-labelledby={labelledBy}
      onClick={onPress}
      className={classes(
        'relative h-6 w-11 flex-none rounded-full! border transition-colors',
        on ? 'border-accent bg-accent' : 'border-control-line bg-hover',
      )}
    >
      <span
        aria-hidden="true"
        className={classes(
          'absolute top-[2px] size-[18px] rounded-full transition-[left]',
          on ? 'left-[22px] bg-accent-ink' : 'left-[2px] bg-control-line',
        )}
      />
    </button>
  )
}
