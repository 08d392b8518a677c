import { languages } from '#common/ipc.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { classes } from '../common/classes.ts'

const names = { ru: 'Русский', en: 'English' } as const

/** The language of the interface, where there is no menu yet. */
export function LanguageSwitch() {
  const { t, language } = useLanguage()
  const { changeSettings } = useApp()
  return (
    <div role="group" aria-label={t('account.language')} className="flex gap-1">
      {languages.map((value) => (
        <button
          key={value}
          type="button"
          lang={value}
          aria-pressed={value === language}
          onClick={() => changeSettings({ language: value })}
          className={classes(
            'h-7 rounded-md px-2 max-medium:h-11',
            value === language ? 'bg-hover font-semibold text-ink' : 'hover:bg-hover',
          )}
        >
          {names[value]}
        </button>
      ))}
    </div>
  )
}
