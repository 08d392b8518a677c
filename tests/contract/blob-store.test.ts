import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DiskBlobStore } from '#server/media/disk-blob-store.ts'
import { MemoryBlobStore } from '#server/media/memory-blob-store.ts'
import { makeTemporaryFolder } from '#tests/support/server/temporary-folder.ts'
import { describeBlobStore } from './blob-store.ts'

describeBlobStore('files on a disk', async () => {
  const folder = await makeTemporaryFolder()
  const blobs = join(folder.path, 'blobs')
  await mkdir(blobs)
  return { store: new DiskBlobStore(blobs), folder: folder.path, dispose: () => folder.remove() }
})

describeBlobStore('memory', async () => {
  const folder = await makeTemporaryFolder()
  return { store: new MemoryBlobStore(), folder: folder.path, dispose: () => folder.remove() }
})
