import type { Keeper } from '../commands/keeper.ts'
import type { OutboxRow } from '../store/ports.ts'
import { hashesOf } from './kept-file.ts'
import type { MediaPorts } from './ports.ts'

/** One call to the main process names at most so many. */
const hashesPerCall = 500

export type LocalFilesOptions = { account: string; keeper: Keeper; ports: Pick<MediaPorts, 'folder' | 'read'> }

/**
 * The media folder in step with drafts and messages: what nobody needs any more leaves it, never what is unsent. While files
 * are coming in nothing is forgotten: one that was just removed may be picked again.
 */
export class LocalFiles {
  private readonly options: LocalFilesOptions
  private readonly unneeded = new Set<string>()
  private coming = 0
  private forgetting: Promise<void> = Promise.resolve()

  constructor(options: LocalFilesOptions) {
    this.options = options
  }

  /** Runs what puts files into the folder; its result must be in a draft when it resolves. */
  async whileComing<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    this.coming++
    try {
      await this.forgetting
      return await work()
    } finally {
      this.coming--
      this.forgetUnneeded()
    }
  }

  /** These may not be needed any more. */
  tidy(hashes: Iterable<string>): void {
    for (const hash of hashes) this.unneeded.add(hash)
    this.forgetUnneeded()
  }

  /** At the start: what a crash left behind. Answers with what is here. */
  async sweep(): Promise<ReadonlySet<string>> {
    const { account, ports } = this.options
    const listed = new Set((await ports.folder.list(account)).map(({ sha256 }) => sha256))
    this.tidy(listed)
    return listed
  }

  /** The server has these messages: their files are what was received from it, as far as this device is concerned. */
  async taken(rows: readonly OutboxRow[]): Promise<void> {
    const { account, keeper, ports } = this.options
    const files = rows.flatMap((row) => row.files ?? [])
    if (files.length === 0) return
    const needed = keeper.neededHashes()
    await this.whileComing(async () => {
      for (const { sent } of files) if (sent?.thumb) await this.cacheThumb(sent.sha256, sent.thumb)
      const sent = files.flatMap((file) => (file.sent && !needed.has(file.sent.sha256) ? [file.sent.sha256] : []))
      await ports.folder.release(account, sent)
    }).catch(() => undefined)
    this.tidy(files.flatMap(hashesOf))
  }

  private async cacheThumb(sha256: string, thumb: string): Promise<void> {
    const { account, ports } = this.options
    const { size } = (await ports.folder.list(account)).find((file) => file.sha256 === thumb) ?? { size: 0 }
    const bytes = size > 0 ? await ports.read(account, thumb, 0, size) : null
    if (bytes) await ports.folder.cache.write({ account, sha256, variant: 'thumb', offset: 0, total: size, bytes })
  }

  private forgetUnneeded(): void {
    if (this.coming > 0 || this.unneeded.size === 0) return
    const needed = this.options.keeper.neededHashes()
    const hashes = [...this.unneeded].filter((hash) => !needed.has(hash))
    this.unneeded.clear()
    const { account, ports } = this.options
    for (let start = 0; start < hashes.length; start += hashesPerCall) {
      const part = hashes.slice(start, start + hashesPerCall)
      // What stays is found at the next start.
      this.forgetting = this.forgetting.then(() => ports.folder.forget(account, part)).catch(() => undefined)
    }
  }
}
