import { preparePhoto, type PhotoOutcome } from './prepare-photo.ts'

/** Prepares one photo after the other, beside the page and its data. */
export type PhotoRequest = { id: number; source: Blob; original: boolean }
export type PhotoAnswer = { id: number; outcome: PhotoOutcome }

addEventListener('message', ({ data }: MessageEvent<PhotoRequest>) => {
  void preparePhoto(data.source, data.original)
    // No memory for the canvas: the same as a photo that nobody can read.
    .catch((): PhotoOutcome => ({ ok: false, reason: 'unreadable' }))
    .then((outcome) => postMessage({ id: data.id, outcome } satisfies PhotoAnswer))
})
