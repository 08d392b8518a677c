import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BlobsUnavailable, type BlobStore } from '#server/media/blob-store.ts'
import { sha256Of } from '#tests/support/media/tus-client.ts'

export type BlobStoreUnderTest = {
  store: BlobStore
  /** Where a test puts files that are to be adopted. */
  folder: string
  dispose(): Promise<void>
}

/** What every blob store promises. */
export function describeBlobStore(name: string, open: () => Promise<BlobStoreUnderTest>): void {
  describe(`blob store: ${name}`, () => {
    let under: BlobStoreUnderTest
    let files = 0
    beforeEach(async () => {
      under = await open()
    })
    afterEach(() => under.dispose())

    const fileOf = async (content: Uint8Array): Promise<string> => {
      const file = join(under.folder, `file-${++files}`)
      await writeFile(file, content)
      return file
    }
    /** The sha256 of what is read: matchers take seconds to compare bytes. */
    const read = async (blob: string, range?: { first: number; last: number }): Promise<string | undefined> => {
      const stream = await under.store.open(blob, range)
      return stream && sha256Of(await buffer(stream))
    }
    const content = Buffer.from('Насос не держит давление. '.repeat(5_000))

    it('keeps a file under the sha256 of its content, and takes it away from where it was', async () => {
      const file = await fileOf(content)
      expect(await under.store.adopt(file)).toEqual({ name: sha256Of(content), bytes: content.length })
      expect(existsSync(file)).toBe(false)
      expect(await under.store.size(sha256Of(content))).toBe(content.length)
      expect(await read(sha256Of(content))).toBe(sha256Of(content))
    })

    it('believes a sha256 that was made while the file was written', async () => {
      const { name: blob } = await under.store.adopt(await fileOf(content), sha256Of(content))
      expect(await read(blob)).toBe(sha256Of(content))
    })

    it('keeps the same content once', async () => {
      const first = await under.store.adopt(await fileOf(content))
      const again = await fileOf(content)
      expect(await under.store.adopt(again)).toEqual(first)
      expect(existsSync(again)).toBe(false)
      expect(await read(first.name)).toBe(sha256Of(content))
    })

    it('takes over what an interrupted adoption left cut short', async () => {
      const { name: blob } = await under.store.adopt(await fileOf(content.subarray(0, 10)), sha256Of(content))
      await under.store.adopt(await fileOf(content))
      expect(await read(blob)).toBe(sha256Of(content))
    })

    it('reads a part, both ends included', async () => {
      const { name: blob } = await under.store.adopt(await fileOf(content))
      expect(await read(blob, { first: 0, last: 0 })).toBe(sha256Of(content.subarray(0, 1)))
      expect(await read(blob, { first: 100, last: 299 })).toBe(sha256Of(content.subarray(100, 300)))
      const last = content.length - 1
      expect(await read(blob, { first: last - 4, last })).toBe(sha256Of(content.subarray(-5)))
    })

    it('is read by many at once', async () => {
      const { name: blob } = await under.store.adopt(await fileOf(content))
      const all = await Promise.all(Array.from({ length: 20 }, () => read(blob)))
      for (const one of all) expect(one).toBe(sha256Of(content))
    })

    it('has nothing under other names, wherever they lead', async () => {
      for (const blob of ['a'.repeat(64), '', '../lock.sqlite', `..${'/'.repeat(62)}`, 'A'.repeat(64), 'a\0']) {
        expect(await under.store.open(blob)).toBeUndefined()
        expect(await under.store.size(blob)).toBeUndefined()
      }
    })

    it('says that it can not take a file that is not there', async () => {
      await expect(under.store.adopt(join(under.folder, 'nothing'))).rejects.toBeInstanceOf(BlobsUnavailable)
    })
  })
}
