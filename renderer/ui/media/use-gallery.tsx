import { lazy, Suspense, useCallback, useState, type ReactNode } from 'react'
import type { ChatKind, RoomName, TicketId } from '#common/domain/ids.ts'
import type { MediaPlace } from './gallery-items.ts'

/** Seldom needed, and larger than all of a conversation. */
const Gallery = lazy(() => import('./gallery.tsx'))

type GalleryOptions = { ticketId: TicketId; chat: ChatKind; room: RoomName }

/** The full-screen view of a chat's photos and videos; `element` belongs somewhere into the page. */
export function useGallery(options: GalleryOptions): { open(place: MediaPlace): void; element: ReactNode } {
  const [shown, setShown] = useState<{ place: MediaPlace; opener: Element | null } | null>(null)
  const open = useCallback((place: MediaPlace) => setShown({ place, opener: document.activeElement }), [])
  const opener = shown?.opener
  const close = useCallback(() => setShown(null), [])
  const element = shown ? (
    <Suspense fallback={null}>
      <Gallery {...options} start={shown.place} onClose={close} onClosed={() => focusAgain(opener)} />
    </Suspense>
  ) : null
  return { open, element }
}

function focusAgain(opener: Element | null | undefined): void {
  if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
}
