/** Photos and videos as a person attaches, sends and sees them in a window. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator } from 'playwright-core'
import { expect } from 'vitest'
import type { Desk } from './desk.ts'
import { openedDialog } from './file-dialog.ts'

const patience = { timeout: 180_000, interval: 100 }

export class DeskFiles {
  private readonly desk: Desk

  constructor(desk: Desk) {
    this.desk = desk
  }

  /** Files of the draft in sight, in their order. */
  get tiles(): Locator {
    const tray = this.desk.page.getByRole('list', { name: 'Вложения сообщения' })
    return tray.getByRole('listitem', { name: /^Файл \d+:/ })
  }

  async names(): Promise<string[]> {
    const labels = await this.tiles.evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute('aria-label') ?? ''))
    return labels.map((label) => label.replace(/^Файл \d+: /, ''))
  }

  /** Until so many files are ready to be sent. */
  async ready(count: number): Promise<void> {
    await expect.poll(() => this.tiles.getByText('готово').count(), patience).toBe(count)
  }

  /** The first two of a folder, by the system's own dialog. */
  async pickFirstTwoOf(folder: string): Promise<void> {
    await this.desk.page.getByRole('button', { name: 'Прикрепить фото или видео' }).click()
    await (await openedDialog('Прикрепить фото и видео')).pickFirstTwoOf(folder)
  }

  /** Puts a picture into the system's clipboard and presses Ctrl+V in the message. */
  async paste(png: Buffer): Promise<void> {
    await this.desk.launched.app.evaluate(
      ({ clipboard, nativeImage }, base64) =>
        // The runtime of the tests is older than these types, in which a picture is written otherwise.
        (clipboard as unknown as { writeImage(image: unknown): void }).writeImage(
          nativeImage.createFromDataURL(`data:image/png;base64,${base64}`),
        ),
      png.toString('base64'),
    )
    await this.desk.composer.focus()
    await this.desk.page.keyboard.press('Control+V')
  }

  /** Lets go of files over the conversation, as a file manager does; `hint` is what must be read while they hover. */
  async drop(paths: readonly string[], hint: string): Promise<void> {
    const { page } = this.desk
    const box = await page.getByRole('feed').boundingBox()
    if (!box) throw new Error('no conversation is in sight')
    const session = await page.context().newCDPSession(page)
    const drag = (type: 'dragEnter' | 'dragOver' | 'drop') =>
      session.send('Input.dispatchDragEvent', {
        type,
        x: box.x + box.width / 2,
        y: box.y + box.height / 2,
        data: { items: [], files: [...paths], dragOperationsMask: 1 },
      })
    await drag('dragEnter')
    await drag('dragOver')
    await page.getByText(hint, { exact: true }).waitFor()
    await drag('drop')
    await session.detach()
  }

  async takePhoto(): Promise<void> {
    const dialog = await this.openCamera()
    await dialog.getByRole('button', { name: 'Снять фото' }).click()
    await this.useShot(dialog)
  }

  /** Records until the dialog counts a second. */
  async record(): Promise<void> {
    const dialog = await this.openCamera()
    await dialog.getByRole('button', { name: 'Записать видео' }).click()
    await dialog.getByText(/Идёт запись: 0:0[1-9]/).waitFor()
    await dialog.getByRole('button', { name: 'Остановить запись' }).click()
    await this.useShot(dialog)
  }

  private async openCamera(): Promise<Locator> {
    await this.desk.page.getByRole('button', { name: 'Снять камерой' }).click()
    const dialog = this.desk.page.getByRole('dialog', { name: 'Камера' })
    const film = dialog.locator('video')
    await expect
      .poll(() => film.evaluate((shown) => 'videoWidth' in shown && Number(shown.videoWidth) > 0), patience)
      .toBe(true)
    return dialog
  }

  private async useShot(dialog: Locator): Promise<void> {
    await dialog.getByRole('button', { name: 'Прикрепить', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
  }

  async send(text: string): Promise<void> {
    await this.desk.composer.fill(text)
    await this.desk.composer.press('Control+Enter')
    await expect.poll(() => this.tiles.count(), patience).toBe(0)
    await this.desk.message(text).waitFor()
  }

  /** Pictures of a message: «Фото 1 из 2: клапан.jpg». */
  pictures(text: string): Locator {
    return this.desk.message(text).getByRole('button', { name: /^(Фото|Видео) \d+ из \d+: / })
  }

  async pictureNames(text: string): Promise<string[]> {
    return this.pictures(text).evaluateAll((all) => all.map((each) => each.getAttribute('aria-label') ?? ''))
  }

  /** What this device keeps of its own unsent files, by sha256. */
  kept(): Promise<Map<string, Buffer>> {
    return this.filesOf('')
  }

  /** What this device has received, by «sha256.variant». */
  received(): Promise<Map<string, Buffer>> {
    return this.filesOf('cache')
  }

  private async filesOf(folder: string): Promise<Map<string, Buffer>> {
    const files = new Map<string, Buffer>()
    const root = join(this.desk.launched.userDataDir, 'media')
    for (const account of await readdir(root).catch(() => []))
      for (const entry of await readdir(join(root, account, folder), { withFileTypes: true }).catch(() => []))
        if (entry.isFile() && /^[0-9a-f]{64}(\.full|\.thumb)?$/.test(entry.name))
          files.set(entry.name, await readFile(join(root, account, folder, entry.name)))
    return files
  }
}
