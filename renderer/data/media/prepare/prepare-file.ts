import type { PickedFile } from '#common/ipc-media.ts'
import type { MediaPlatform } from '../../../platform/platform.ts'
import type { FileFailure } from '../../media-api.ts'
import type { SentFile } from '../kept-file.ts'
import type { PrepareFile } from '../ports.ts'
import type { PhotoPreparer } from './photo-preparer.ts'
import type { VideoFacts } from './video-poster.ts'

type Options = {
  folder: Pick<MediaPlatform, 'adopt' | 'localUrl'>
  preparePhoto: PhotoPreparer
  readVideo: (url: string) => Promise<VideoFacts | null>
}
type Outcome = Awaited<ReturnType<PrepareFile>>

const failed = (failure: FileFailure): Outcome => ({ ok: false, failure })

/** What keeping a file that we made ourselves can fail with. */
function keepFailure(picked: Extract<PickedFile, { ok: false }>): Outcome {
  return failed(picked.reason)
}

/** Makes what is sent out of a picked file, in the page: photos through their worker, videos through a player of the page. */
export function createFilePreparer({ folder, preparePhoto, readVideo }: Options): PrepareFile {
  async function keep(account: string, name: string, blob: Blob): Promise<PickedFile> {
    return folder.adopt(account, name, new Uint8Array(await blob.arrayBuffer()))
  }

  async function photo(account: string, name: string, sha256: string, originals: boolean): Promise<Outcome> {
    const response = await fetch(folder.localUrl(account, sha256))
    if (!response.ok) return failed('lost')
    const outcome = await preparePhoto(await response.blob(), originals)
    if (!outcome.ok) return failed(outcome.reason)
    const { prepared } = outcome
    const sent = await keep(account, name, prepared.photo)
    if (!sent.ok) return keepFailure(sent)
    const thumb = await keep(account, name, prepared.thumbnail)
    if (!thumb.ok) return keepFailure(thumb)
    const { width, height, thumbhash } = prepared
    return {
      ok: true,
      sent: { sha256: sent.sha256, size: sent.size, mime: sent.type, width, height, thumbhash, thumb: thumb.sha256 },
    }
  }

  async function video(account: string, name: string, picked: { sha256: string; size: number; type: string }) {
    const url = folder.localUrl(account, picked.sha256)
    // One byte tells whether the file is there: a player does not say why it could not play.
    const probe = await fetch(url, { headers: { Range: 'bytes=0-0' } })
    if (!probe.ok) return failed('lost')
    const facts = await readVideo(url)
    const plain: SentFile = { sha256: picked.sha256, size: picked.size, mime: picked.type }
    if (facts === null) return { ok: true as const, sent: plain }
    const { width, height, durationMs, poster } = facts
    const known: SentFile = { ...plain, width, height, ...(durationMs === null ? {} : { durationMs }) }
    if (poster === null) return { ok: true as const, sent: known }
    const kept = await keep(account, name, poster.blob)
    if (!kept.ok) return keepFailure(kept)
    const picture = { thumb: kept.sha256, poster: { sha256: kept.sha256, size: kept.size } }
    return { ok: true as const, sent: { ...known, thumbhash: poster.thumbhash, ...picture } }
  }

  return (account, { name, kind, picked }, { originals }) =>
    kind === 'video' ? video(account, name, picked) : photo(account, name, picked.sha256, originals)
}
