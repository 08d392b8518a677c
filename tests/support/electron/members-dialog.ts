/** The participants of the open chat, as the dialog behind «Добавить» shows them. */
import type { Locator, Page } from 'playwright-core'
import type { Desk } from './desk.ts'

export class MembersDialog {
  readonly dialog: Locator
  private readonly page: Page

  constructor({ page }: Desk) {
    this.page = page
    this.dialog = page.getByRole('dialog', { name: /^Участники чата/ })
  }

  /** The way into it, top right of the chat. */
  get button(): Locator {
    return this.page.getByRole('button', { name: 'Добавить участников' })
  }

  async open(): Promise<void> {
    await this.button.click()
    await this.dialog.waitFor()
  }

  get search(): Locator {
    return this.dialog.getByRole('searchbox')
  }

  /** Somebody who may be added. */
  addable(name: string): Locator {
    return this.dialog.getByRole('option').filter({ hasText: name })
  }

  /** Somebody who takes part. */
  member(name: string): Locator {
    return this.dialog.getByRole('row').filter({ hasText: name })
  }

  trash(name: string): Locator {
    return this.dialog.getByRole('button', { name: `Убрать из чата: ${name}` })
  }

  /** «Добавить 2, убрать 1». */
  changes(text: string): Locator {
    return this.dialog.getByRole('status').getByText(text, { exact: true })
  }

  /** Looks each of them up and ticks them. */
  async tick(names: readonly string[]): Promise<void> {
    for (const name of names) {
      await this.search.fill(name)
      await this.addable(name).click()
    }
  }

  async save(): Promise<void> {
    await this.dialog.getByRole('button', { name: 'Сохранить' }).click()
    await this.dialog.waitFor({ state: 'detached' })
  }
}

/** How visible an element is, as a person sees it: the trash is there for who has the row at hand. */
export function opacityOf(element: Locator): Promise<number> {
  return element.evaluate((node) => Number(getComputedStyle(node).opacity))
}
