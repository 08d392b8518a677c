import type { RoomName } from '#common/domain/ids.ts'
import type { Attachment } from '#common/domain/message.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { classes } from '../common/classes.ts'
import { useWatched } from '../common/use-watched.ts'
import { lengthText } from './file-words.ts'
import { gridLayout, gridTile } from './grid-layout.ts'
import { MediaPicture } from './media-picture.tsx'

type MediaGridProps = {
  room: RoomName
  attachments: readonly Attachment[]
  /** Which of them, from 0. */
  onOpen(index: number): void
  faded?: boolean
}

/** Photos and videos of one message. */
export function MediaGrid({ room, attachments, onOpen, faded = false }: MediaGridProps) {
  const layout = gridLayout(attachments)
  return (
    <div
      className={classes('grid max-w-full', faded && 'opacity-60')}
      style={{
        gap: gridTile.gap,
        gridTemplateColumns: `repeat(${layout.columns}, minmax(0, ${layout.tile.width}px))`,
      }}
    >
      {attachments.slice(0, layout.shown).map((attachment, index) => (
        <MediaTile
          key={attachment.sha256}
          room={room}
          attachment={attachment}
          number={index + 1}
          count={attachments.length}
          more={index === layout.shown - 1 ? layout.more : 0}
          ratio={layout.tile.width / layout.tile.height}
          onOpen={() => onOpen(index)}
        />
      ))}
    </div>
  )
}

type MediaTileProps = {
  room: RoomName
  attachment: Attachment
  number: number
  count: number
  /** Files without a tile of their own. */
  more?: number
  /** Width to height. */
  ratio: number
  onOpen(): void
}

/** One picture as a button that opens it. */
export function MediaTile({ room, attachment, number, count, more = 0, ratio, onOpen }: MediaTileProps) {
  const { t } = useLanguage()
  const { data } = useApp()
  const { name, mime, durationMs, sha256 } = attachment
  const media = useWatched('media', { room, sha256, variant: 'thumb' })
  // A video without a picture can be played all the same.
  const canReload = media?.state === 'failed' && media.reason !== 'refused' && mime.startsWith('image/')
  const whole = mime.startsWith('video/')
    ? t('media.video', { number, count, name, time: lengthText(durationMs ?? 0) })
    : t('media.photo', { number, count, name })
  const opening = more > 0 ? `${whole}. ${t('media.more', { count: more })}` : whole
  const label = canReload ? t('media.reload', { name }) : opening
  return (
    <button
      type="button"
      aria-label={label}
      title={name}
      onClick={() => (canReload ? void data.act.loadMedia({ room, sha256, variant: 'thumb' }) : onOpen())}
      style={{ aspectRatio: ratio }}
      className="relative block w-full min-w-0 overflow-hidden rounded-lg! border border-line-soft"
    >
      <MediaPicture attachment={attachment} media={media} />
      {more > 0 ? (
        <span
          aria-hidden="true"
          className="absolute inset-0 grid place-items-center bg-black/55 text-[19px] font-[650] text-white"
        >
          +{more}
        </span>
      ) : null}
    </button>
  )
}
