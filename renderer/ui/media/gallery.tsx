import { FolderOpen, Save } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useEffect, useMemo, useState } from 'react'
import Lightbox, { IconButton, createIcon, useLightboxState, type Labels, type Slide } from 'yet-another-react-lightbox'
import Captions from 'yet-another-react-lightbox/plugins/captions'
import Video from 'yet-another-react-lightbox/plugins/video'
import Zoom from 'yet-another-react-lightbox/plugins/zoom'
import 'yet-another-react-lightbox/styles.css'
import 'yet-another-react-lightbox/plugins/captions.css'
import './gallery.css'
import type { ChatKind, RoomName, TicketId } from '#common/domain/ids.ts'
import type { ChatMediaItem } from '../../data/media-api.ts'
import { fullMomentText } from '../../i18n/dates.ts'
import { useLanguage } from '../../i18n/language.tsx'
import type { Translate } from '../../i18n/messages.ts'
import { useWatched } from '../common/use-watched.ts'
import { inOrder, placeOf, type MediaPlace } from './gallery-items.ts'
import { SlideLoader, type SlideUrls } from './slide-loader.tsx'
import { SlideState } from './slide-state.tsx'
import { thumbhashUrl } from './thumbhash-url.ts'
import { useSaving } from './use-saving.ts'

declare module 'yet-another-react-lightbox' {
  /** Names of our own buttons, put into words with the others. */
  interface Labels {
    Save?: string
    Show?: string
  }
}

/** Files known at first, and how many more each time. */
const pageSize = 200
/** Older ones are asked for when so few are left before the one in sight. */
const olderWithin = 5
/** So many neighbours of the one in sight are loaded. */
const ahead = 1

type GalleryProps = {
  ticketId: TicketId
  chat: ChatKind
  room: RoomName
  start: MediaPlace
  onClose(): void
  /** It is gone: the focus belongs to where it was. */
  onClosed(): void
}

/** All photos and videos of a chat over the whole window: arrows, zoom, video in place, saving. */
export default function Gallery({ ticketId, chat, room, start, onClose, onClosed }: GalleryProps) {
  const { t, language } = useLanguage()
  const [limit, setLimit] = useState(pageSize)
  const [shown, setShown] = useState(placeOf(start))
  const [urls, setUrls] = useState<SlideUrls>(new Map())
  const [layer, setLayer] = useState<HTMLDivElement | null>(null)
  const media = useWatched('chatMedia', { ticketId, chat, limit }, room)
  const items = useMemo(() => inOrder(media?.items ?? []), [media])
  const index = items.findIndex((item) => placeOf(item) === shown)
  const hasOlder = media?.hasOlder === true
  useEffect(() => {
    if (hasOlder && (index < 0 || index < olderWithin)) setLimit((now) => now + pageSize)
  }, [hasOlder, index])
  // Deleted while it was looked at.
  const isGone = media?.ready === true && index < 0 && !hasOlder
  useEffect(() => {
    if (isGone) onClose()
  }, [isGone, onClose])

  const slides = useMemo(
    () =>
      items.map((item) =>
        slideOf(item, urls, `${item.authorName}, ${fullMomentText(language, item.at)} · ${item.attachment.name}`),
      ),
    [items, urls, language],
  )
  const near = items.filter((_item, position) => Math.abs(position - index) <= ahead)
  if (index < 0) return null
  return (
    // A layer like every other: it may lie above the drawer of details, and Esc is for the upper one.
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        <Dialog.Content
          ref={setLayer}
          role="presentation"
          aria-describedby={undefined}
          className="fixed inset-0 z-[60]"
          onOpenAutoFocus={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            onClosed()
          }}
          onInteractOutside={(event) => event.preventDefault()}
        >
          <Dialog.Title className="sr-only">{t('media.gallery')}</Dialog.Title>
          {near.map((item) => (
            <SlideLoader key={item.id} room={room} item={item} onUrls={setUrls} />
          ))}
          {layer ? (
            <Lightbox
              open
              close={onClose}
              portal={{ root: layer }}
              slides={slides}
              index={index}
              on={{ view: ({ index: next }) => setShown(items[next] ? placeOf(items[next]) : shown) }}
              plugins={[Captions, Video, Zoom]}
              carousel={{ finite: true, preload: ahead, imageFit: 'contain' }}
              animation={{ fade: 120, swipe: 150, navigation: 120, zoom: 120 }}
              controller={{ closeOnBackdropClick: true, closeOnPullDown: true, closeOnEscape: false }}
              zoom={{ maxZoomPixelRatio: 4, scrollToZoom: true }}
              render={{
                slideFooter: ({ slide }) => {
                  const item = items[slides.indexOf(slide)]
                  return item ? <SlideState room={room} attachment={item.attachment} /> : null
                },
              }}
              video={{ controls: true, playsInline: true, preload: 'metadata' }}
              toolbar={{
                buttons: [
                  <Place key="place" hasOlder={hasOlder} />,
                  'zoom',
                  <SaveButtons key="save" room={room} items={items} />,
                  'close',
                ],
              }}
              labels={labelsOf(t)}
            />
          ) : null}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function labelsOf(t: Translate): Labels {
  return {
    Lightbox: t('media.gallery'),
    Carousel: t('media.gallery.carousel'),
    'Photo gallery': t('media.gallery'),
    '{index} of {total}': t('media.files.count', { count: '{index}', limit: '{total}' }),
    Previous: t('media.gallery.previous'),
    Next: t('media.gallery.next'),
    Close: t('common.close'),
    Slide: t('media.gallery.slide'),
    Save: t('media.save'),
    Show: t('media.show'),
    'Zoom in': t('media.gallery.zoom-in'),
    'Zoom out': t('media.gallery.zoom-out'),
  }
}

/** «3 из 21»; with more before those that are loaded «3 из 200+». */
function Place({ hasOlder }: { hasOlder: boolean }) {
  const { t } = useLanguage()
  const { currentIndex, slides } = useLightboxState()
  const total = `${slides.length}${hasOlder ? '+' : ''}`
  return (
    <span className="tabular grid min-h-10 place-items-center px-2 text-white">
      {t('media.files.count', { count: currentIndex + 1, limit: total })}
    </span>
  )
}

/** An image of one transparent pixel: something to show in the place of what has no picture yet. */
const nothing = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'

/** What is to be seen of it now: the whole once it is here, else its small picture or colours in the same place. */
function slideOf({ id, attachment }: ChatMediaItem, urls: SlideUrls, title: string): Slide {
  const { mime, name, width = 1280, height = 960, thumbhash } = attachment
  const { full, thumb } = urls.get(id) ?? { full: null, thumb: null }
  const placeholder = thumb ?? thumbhashUrl(thumbhash) ?? nothing
  if (full !== null && mime.startsWith('video/')) {
    // Chromium plays QuickTime files that hold what MP4 holds, but not under their own name.
    const type = mime === 'video/quicktime' ? 'video/mp4' : mime
    return { type: 'video', width, height, title, poster: placeholder, sources: [{ src: full, type }] }
  }
  return { type: 'image', src: full ?? placeholder, alt: name, width, height, title }
}

const SaveIcon = createIcon('Save', <Save size={24} x={0} y={0} />)
const FolderIcon = createIcon('Folder', <FolderOpen size={24} x={0} y={0} />)

function SaveButtons({ room, items }: { room: RoomName; items: readonly ChatMediaItem[] }) {
  const { currentIndex } = useLightboxState()
  const { save, show } = useSaving(room)
  const item = items[currentIndex]
  return (
    <>
      <IconButton
        label="Save"
        icon={SaveIcon}
        disabled={!item}
        onClick={() => (item ? void save(item.attachment) : undefined)}
      />
      <IconButton
        label="Show"
        icon={FolderIcon}
        disabled={!item}
        onClick={() => (item ? void show(item.attachment) : undefined)}
      />
    </>
  )
}
