import type { RoomName } from '#common/domain/ids.ts'
import type { Attachment } from '#common/domain/message.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { useWatched } from '../common/use-watched.ts'

/** Over a picture in the gallery that is not whole yet: how far it is, or why it is not coming. */
export function SlideState({ room, attachment }: { room: RoomName; attachment: Attachment }) {
  const { t, language } = useLanguage()
  const { data } = useApp()
  const { sha256 } = attachment
  const media = useWatched('media', { room, sha256, variant: 'full' })
  if (media === undefined || media.state === 'ready') return null
  const percent = new Intl.NumberFormat(language, { style: 'percent' })
  const text =
    media.state === 'failed'
      ? t(`media.unavailable.${media.reason}`)
      : media.state === 'absent'
        ? t('media.absent')
        : media.state === 'loading'
          ? `${t('media.loading')} ${percent.format(media.progress)}`
          : t('media.loading')
  return (
    <div className="pointer-events-none absolute inset-x-0 bottom-16 flex justify-center">
      <span
        role="status"
        className="tabular pointer-events-auto flex items-center gap-3 rounded-full bg-black/75 px-3.5 py-1.5 text-white"
      >
        {text}
        {media.state === 'failed' && media.reason !== 'refused' ? (
          <button
            type="button"
            onClick={() => void data.act.loadMedia({ room, sha256, variant: 'full' })}
            className="min-h-6 font-semibold underline underline-offset-2"
          >
            {t('media.tile.retry')}
          </button>
        ) : null}
      </span>
    </div>
  )
}
