import { CloudOff, Film, ImageOff, LoaderCircle, Play } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Attachment } from '#common/domain/message.ts'
import type { MediaSnapshot } from '../../data/media-api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { lengthText } from './file-words.ts'
import { thumbhashUrl } from './thumbhash-url.ts'

type MediaPictureProps = { attachment: Attachment; media: MediaSnapshot | undefined }

/** The small picture of a photo or video, filling its place: its colours first, then itself, or why it is not there. */
export function MediaPicture({ attachment, media }: MediaPictureProps) {
  const { t } = useLanguage()
  const { thumbhash, mime, durationMs } = attachment
  const isVideo = mime.startsWith('video/')
  const colours = thumbhashUrl(thumbhash)
  return (
    <>
      <span
        className="absolute inset-0 bg-hover bg-cover bg-center"
        style={colours ? { backgroundImage: `url(${colours})` } : undefined}
      />
      {media?.state === 'ready' ? (
        <img
          src={media.url}
          alt=""
          draggable={false}
          decoding="async"
          className="absolute inset-0 size-full object-cover"
        />
      ) : null}
      {media?.state === 'loading' && !colours ? (
        <LoaderCircle size={18} aria-hidden="true" className="absolute inset-0 m-auto animate-spin text-ink-2" />
      ) : null}
      {media?.state === 'absent' ? (
        <Note title={t('media.absent')}>
          <CloudOff size={15} aria-hidden="true" />
        </Note>
      ) : null}
      {/* A video of another maker's client may come without a picture. */}
      {media?.state === 'failed' && !isVideo ? (
        <Note title={t(`media.unavailable.${media.reason}`)}>
          <ImageOff size={15} aria-hidden="true" />
        </Note>
      ) : null}
      {isVideo ? (
        <>
          <span className="absolute inset-0 m-auto grid size-9 place-items-center rounded-full bg-black/60 text-white">
            {media?.state === 'failed' ? <Film size={18} aria-hidden="true" /> : <Play size={18} aria-hidden="true" />}
          </span>
          {durationMs ? (
            <span className="tabular absolute right-1.5 bottom-1.5 rounded bg-black/65 px-1 text-[11px] leading-4 font-medium text-white">
              {lengthText(durationMs)}
            </span>
          ) : null}
        </>
      ) : null}
    </>
  )
}

function Note({ title, children }: { title: string; children: ReactNode }) {
  return (
    <span
      title={title}
      className="absolute top-1.5 left-1.5 grid size-6 place-items-center rounded-full bg-black/60 text-white"
    >
      {children}
      <span className="sr-only">{title}</span>
    </span>
  )
}
