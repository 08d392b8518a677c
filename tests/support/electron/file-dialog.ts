/**
 * Works the system's own file dialog (GTK) with the keyboard, as a user without a mouse would, through xdotool.
 *
 *   const dialog = await openedDialog('Прикрепить фото и видео')
 *   await dialog.pickFirstTwoOf('/tmp/photos')
 */
import { execFile } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect } from 'vitest'

const run = promisify(execFile)
const xdotool = async (...words: string[]): Promise<string> => (await run('xdotool', words)).stdout.trim()

/** The id of the visible window with this title; empty while there is none, which xdotool calls an error. */
async function windowOf(title: string): Promise<string> {
  const found = await xdotool('search', '--onlyvisible', '--name', title).catch(() => '')
  return found.split('\n').at(-1) ?? ''
}

const patience = { timeout: 20_000, interval: 100 }
/** GTK fills its list and completes a path by itself after a while, and tells nobody when it has. */
const settleMs = 600

export type FileDialog = {
  /** Types the whole path of one file. */
  pick(path: string): Promise<void>
  /** Goes to the folder and picks what its list shows first and second. */
  pickFirstTwoOf(folder: string): Promise<void>
  cancel(): Promise<void>
}

export async function openedDialog(title: string): Promise<FileDialog> {
  await expect.poll(() => windowOf(title), patience).not.toBe('')
  const id = await windowOf(title)
  await pause(settleMs)
  await xdotool('windowfocus', '--sync', id)

  async function typePath(path: string): Promise<void> {
    await xdotool('key', 'ctrl+l')
    await pause(settleMs)
    await xdotool('key', 'ctrl+a')
    await xdotool('type', '--delay', '20', path)
    await pause(settleMs)
  }
  async function isGone(): Promise<void> {
    await expect.poll(() => windowOf(title), patience).toBe('')
  }

  return {
    async pick(path) {
      await typePath(path)
      await xdotool('key', 'Return')
      await isGone()
    },
    async pickFirstTwoOf(folder) {
      await typePath(`${folder}/`)
      await xdotool('key', 'Return')
      await pause(settleMs)
      await xdotool('key', 'Home')
      await xdotool('key', 'shift+Down')
      await pause(settleMs)
      await xdotool('key', 'Return')
      await isGone()
    },
    async cancel() {
      await xdotool('key', 'Escape')
      await isGone()
    },
  }
}
