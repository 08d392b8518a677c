import { useState } from 'react'
import type { ChatKind, RoomName, TicketId } from '#common/domain/ids.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useWatched } from '../common/use-watched.ts'
import { MediaTile } from './media-grid.tsx'
import { useGallery } from './use-gallery.tsx'

/** One row of the pane, and how many more each time once all are wanted. */
const shownAtFirst = 4
const pageSize = 40
/** So many are counted. */
const countedAtMost = 200

type MediaSectionProps = { ticketId: TicketId; chat: ChatKind; room: RoomName }

/** Photos and videos of a chat beside it, the newest first. */
export function MediaSection({ ticketId, chat, room }: MediaSectionProps) {
  const { t } = useLanguage()
  const [limit, setLimit] = useState(shownAtFirst)
  const media = useWatched('chatMedia', { ticketId, chat, limit: Math.max(limit + 1, countedAtMost) }, room)
  const gallery = useGallery({ ticketId, chat, room })
  const items = media?.items.slice(0, limit) ?? []
  const isAll = limit > shownAtFirst
  const hasMore = media !== undefined && (media.hasOlder || media.items.length > limit)
  const count = media ? `${media.items.length}${media.hasOlder ? '+' : ''}` : ''
  return (
    <section className="border-b border-line px-4 py-3.5">
      <h3 className="mb-2 flex items-center justify-between gap-2 text-[11.5px] font-[650] tracking-wide text-ink-2">
        {items.length === 0 ? t('media.section') : t('media.section.count', { count })}
        {isAll || hasMore ? (
          <button
            type="button"
            onClick={() => setLimit(isAll ? shownAtFirst : pageSize)}
            className="min-h-6 text-small font-semibold tracking-normal text-accent hover:underline"
          >
            {t(isAll ? 'media.section.fewer' : 'media.section.all')}
          </button>
        ) : null}
      </h3>
      {media?.ready && items.length === 0 ? <p className="text-ink-2">{t('media.section.empty')}</p> : null}
      <ul className="grid grid-cols-4 gap-1.5">
        {items.map((item, index) => (
          <li key={item.id}>
            <MediaTile
              room={room}
              attachment={item.attachment}
              number={index + 1}
              count={media?.items.length ?? 0}
              ratio={1.2}
              onOpen={() => gallery.open(item)}
            />
          </li>
        ))}
      </ul>
      {isAll && hasMore ? (
        <button
          type="button"
          onClick={() => setLimit(limit + pageSize)}
          className="mt-2 min-h-6 text-small font-semibold text-accent hover:underline"
        >
          {t('media.section.older')}
        </button>
      ) : null}
      {gallery.element}
    </section>
  )
}
