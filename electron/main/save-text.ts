import type { SaveOutcome } from '#common/ipc.ts'

type Dependencies = {
  /** The path that the user chose, null when they chose none. */
  askWhere(name: string): Promise<string | null>
  write(path: string, text: string): Promise<void>
}

/** Saves a text where the user says: the page names no path and learns none. */
export function createTextSaver({ askWhere, write }: Dependencies) {
  return async (name: string, text: string): Promise<SaveOutcome> => {
    const path = await askWhere(name)
    if (path === null) return 'cancelled'
    try {
      await write(path, text)
      return 'saved'
    } catch {
      // A full disk or a folder that may not be written: the user is told by the page.
      return 'failed'
    }
  }
}
