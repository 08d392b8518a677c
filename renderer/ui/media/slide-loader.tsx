import { useEffect, type Dispatch, type SetStateAction } from 'react'
import type { RoomName } from '#common/domain/ids.ts'
import type { ChatMediaItem } from '../../data/media-api.ts'
import { useWatched } from '../common/use-watched.ts'

/** By item: addresses of what is on this device. */
export type SlideUrls = ReadonlyMap<string, { full: string | null; thumb: string | null }>

type SlideLoaderProps = { room: RoomName; item: ChatMediaItem; onUrls: Dispatch<SetStateAction<SlideUrls>> }

/** Draws nothing: asks for a picture while it is mounted, and tells where it is once it came. */
export function SlideLoader({ room, item, onUrls }: SlideLoaderProps) {
  const { id } = item
  const { sha256 } = item.attachment
  const thumbState = useWatched('media', { room, sha256, variant: 'thumb' })
  const fullState = useWatched('media', { room, sha256, variant: 'full' })
  const thumb = thumbState?.state === 'ready' ? thumbState.url : null
  const full = fullState?.state === 'ready' ? fullState.url : null
  useEffect(() => {
    if (thumb !== null || full !== null) onUrls((urls) => new Map(urls).set(id, { full, thumb }))
  }, [id, thumb, full, onUrls])
  return null
}
