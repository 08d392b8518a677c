import * as electron from 'electron'
import type { DroppedFile, PickedFile } from '#common/ipc-media.ts'
import { mediaTransferLimits } from '#common/media-transfer-limits.ts'

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
 * the page; by their bytes where they were made in memory, as a pasted picture is. What is no real file is left out.
 */
export function createFileAdopter({ call, drop }: Dependencies) {
  async function adopt(account: string, file: File): Promise<PickedFile> {
    const path = pathOf(file)
    // The main process answers nothing else to these two.
    if (path !== '') return (await drop({ account, path })) as PickedFile
    const name = file.name.slice(0, 200)
    if (file.size > mediaTransferLimits.adoptBytes) return { ok: false, name, reason: 'too-big' }
    let bytes: Uint8Array
    try {
      bytes = new Uint8Array(await file.arrayBuffer())
    } catch {
      return { ok: false, name, reason: 'unreadable' }
    }
    return (await call('media.adopt', { account, name, bytes })) as PickedFile
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
          : { ok: false, name: file.name.slice(0, 200), reason: 'too-many' },
      )
    }
    return answers
  }
}
