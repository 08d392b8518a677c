import * as electron from 'electron'
import type { DroppedFile, PickedFile } from '#common/ipc-media.ts'
import { mediaTransferLimits } from '#common/media-transfer-limits.ts'

/** Beyond this a name is cut, as the main process does too. */
const longestName = 200

type Dependencies = {
  call(name: string, argument: unknown): Promise<unknown>
  drop(file: DroppedFile): Promise<unknown>
}

/** Electrons before 32 have no `webUtils`; their files have a path of their own, which a page can't forge across the bridge. */
function pathOf(file: File): string {
  // Missing at run time only: the types are those of the Electron of package.json.
  const { webUtils } = electron as Partial<typeof electron>
  if (webUtils) return webUtils.getPathForFile(file)
  return 'path' in file && typeof file.path === 'string' ? file.path : ''
}

/**
 * Hands files of a drop or a paste to the main process: by their path where they have one, so that a video never passes through
 * the page; in pieces where they were made in memory, as a pasted picture is. What is no real file is refused.
 */
export function createFileAdopter({ call, drop }: Dependencies) {
  async function sendPieces(account: string, file: File): Promise<PickedFile> {
    const transfer = crypto.randomUUID()
    const { name: fullName, size } = file
    const name = fullName.slice(0, longestName)
    for (let offset = 0; ;) {
      const end = Math.min(offset + mediaTransferLimits.adoptBytes, size)
      // Null: it is backed by something that has gone.
      const content = await file
        .slice(offset, end)
        .arrayBuffer()
        .catch(() => null)
      if (content === null) return { ok: false, name, reason: 'unreadable' }
      const bytes = new Uint8Array(content)
      const piece = { account, name, transfer, offset, isLast: end === size, bytes }
      // The main process answers nothing else.
      const answer = (await call('media.adopt', piece)) as PickedFile | null
      if (answer !== null) return answer
      offset = end
    }
  }

  async function adopt(account: string, file: File): Promise<PickedFile> {
    const path = pathOf(file)
    // The main process answers nothing else.
    if (path !== '') return (await drop({ account, path })) as PickedFile
    return sendPieces(account, file)
  }

  return async (account: unknown, files: unknown): Promise<PickedFile[]> => {
    if (typeof account !== 'string' || !Array.isArray(files)) throw new Error('E_IPC_ARGUMENT: no files')
    const answers: PickedFile[] = []
    for (const file of files) {
      // An object that claims a path is no file.
      if (!(file instanceof File)) throw new Error('E_IPC_ARGUMENT: no file')
      answers.push(
        answers.length < mediaTransferLimits.files
          ? await adopt(account, file)
          : { ok: false, name: file.name.slice(0, longestName), reason: 'too-many' },
      )
    }
    return answers
  }
}
