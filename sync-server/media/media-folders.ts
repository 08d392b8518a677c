import { join } from 'node:path'

/** Where photos and videos are, below the folder of all media: `uploads` until they are complete, `blobs` for good. */
export function mediaFolders(folder: string): { uploads: string; blobs: string } {
  return { uploads: join(folder, 'uploads'), blobs: join(folder, 'blobs') }
}
