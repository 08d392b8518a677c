import { CircleAlert, X } from 'lucide-react'
import type { RoomName } from '#common/domain/ids.ts'
import type { RefusedFile } from '../../data/media-api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'

/** Named one by one up to here. */
const namedAtMost = 4

/** What did not become part of a draft and why; stays until it was read. */
export function RefusedFiles({ room, refused }: { room: RoomName; refused: readonly RefusedFile[] }) {
  const { t } = useLanguage()
  const { data } = useApp()
  if (refused.length === 0) return null
  const more = refused.length - namedAtMost
  return (
    <div role="alert" className="flex gap-2 border-b border-line bg-bad-soft py-1.5 pr-2 pl-3.5 text-small text-bad">
      <CircleAlert size={15} aria-hidden="true" className="mt-0.5 flex-none" />
      <div className="min-w-0 flex-1">
        <p className="font-[650]">{t('media.refused', { count: refused.length })}</p>
        <ul>
          {refused.slice(0, namedAtMost).map((file) => (
            <li key={file.id} className="wrap-anywhere">
              <b className="font-semibold">{file.name}</b>: {t(`media.failure.${file.failure}`)}
            </li>
          ))}
          {more > 0 ? <li>{t('media.refused.more', { count: more })}</li> : null}
        </ul>
      </div>
      <button
        type="button"
        aria-label={t('media.refused.dismiss')}
        title={t('media.refused.dismiss')}
        onClick={() => void data.act.dismissRefusedFiles({ room })}
        className="grid size-7 flex-none place-items-center rounded-md hover:bg-pane max-medium:size-11"
      >
        <X size={15} aria-hidden="true" />
      </button>
    </div>
  )
}
