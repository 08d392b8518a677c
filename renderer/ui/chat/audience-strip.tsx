import { Eye, Lock } from 'lucide-react'
import type { ChatKind } from '#common/domain/ids.ts'
import { useLanguage } from '../../i18n/language.tsx'
import type { Translate } from '../../i18n/messages.ts'
import { classes } from '../common/classes.ts'
import { Marked } from '../common/marked.tsx'
import { shortenedNames, type Audience } from './audience.ts'

const tones = {
  plain: 'bg-hover text-ink-2 border-line',
  team: 'bg-team-soft text-team border-team-line',
  customer: 'bg-customer-soft text-customer border-customer-line',
} as const

type AudienceStripProps = { audience: Audience; other: ChatKind | null; onSwitch(): void }

/** Says above the text who will read it; `other` is the chat one may switch to. */
export function AudienceStrip({ audience, other, onSwitch }: AudienceStripProps) {
  const { t } = useLanguage()
  const Icon = audience.readers === 'team' ? Lock : Eye
  return (
    <div
      className={classes('flex items-center gap-2 border-b px-3 py-1.5 text-small', tones[audience.tone])}
      title={audience.names.join(', ')}
    >
      <Icon size={16} aria-hidden="true" className="flex-none" />
      <span className="line-clamp-1 min-w-0 flex-1 wrap-anywhere @max-[520px]:line-clamp-2">
        <Marked text={audienceText(t, audience)} />
      </span>
      {other ? (
        <button
          type="button"
          onClick={onSwitch}
          className="-my-0.5 flex min-h-6 flex-none items-center gap-1.5 font-semibold whitespace-nowrap max-medium:-my-1.5 max-medium:min-h-11"
        >
          {t(other === 'team' ? 'composer.to-team' : 'composer.to-customer')}
          <kbd className="max-medium:hidden">Ctrl {other === 'team' ? 1 : 2}</kbd>
        </button>
      ) : null}
    </div>
  )
}

/** «Увидит заказчик: Ольга Синицына, ТЦ «Меридиан»». */
function audienceText(t: Translate, { readers, names }: Audience): string {
  if (readers === 'nobody') return t('composer.will-see.nobody')
  const listed = namesText(t, names)
  return listed === ''
    ? t(`composer.will-see.${readers}.unnamed`)
    : t(`composer.will-see.${readers}`, { names: listed })
}

export function namesText(t: Translate, all: readonly string[]): string {
  const { names, more } = shortenedNames(all)
  return more > 0 ? t('composer.names-more', { names, count: more }) : names
}
