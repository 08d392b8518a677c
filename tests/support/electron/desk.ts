/** What a person does in the window and sees there, in Russian, by the roles and names that a screen reader hears. */
import type { Locator, Page } from 'playwright-core'
import type { ChatKind } from '#common/domain/ids.ts'
import { launchApp, type LaunchedApp, type LaunchOptions } from './launch-app.ts'

export class Desk {
  readonly launched: LaunchedApp

  constructor(launched: LaunchedApp) {
    this.launched = launched
  }

  get page(): Page {
    return this.launched.page
  }

  /** The number on the app's icon. */
  badge(): Promise<number> {
    return this.launched.app.evaluate(({ app }) => app.getBadgeCount())
  }

  /** Signs in through the form, to stay signed in after the app is closed. */
  async signIn(server: string, login: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Адрес сервера' }).fill(server)
    await this.page.getByRole('textbox', { name: 'Логин' }).fill(login)
    await this.page.getByLabel('Пароль', { exact: true }).fill('demo')
    await this.page.getByRole('checkbox', { name: 'Оставаться в системе' }).check()
    await this.page.getByRole('button', { name: 'Войти', exact: true }).click()
  }

  async showInbox(): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Разделы' }).getByRole('link', { name: 'Сообщения' }).click()
  }

  inboxRow(title: string): Locator {
    return this.page.getByRole('listbox', { name: 'Чаты по заявкам' }).getByRole('option').filter({ hasText: title })
  }

  /** Opens a ticket's chat by its path, as a click on a notification does: the row may be far down a long list. */
  async openChat(ticketId: string, chat: ChatKind = 'customer'): Promise<void> {
    await this.page.evaluate((path) => (location.hash = path), `#/chats/${ticketId}/${chat}`)
    await this.composer.waitFor()
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: /^Сообщение/ })
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text)
    await this.composer.press('Control+Enter')
    await this.message(text).waitFor()
  }

  message(text: string): Locator {
    return this.page.getByRole('feed').getByRole('article').filter({ hasText: text })
  }

  async showQueue(): Promise<void> {
    await this.page.evaluate(() => (location.hash = '#/queue'))
  }

  /** Texts of what is not delivered, in the order of the list. */
  async queueTexts(): Promise<string[]> {
    return this.page.getByRole('region', { name: 'Не доставлено' }).getByRole('listitem').allInnerTexts()
  }
}

export async function openDesk(options: LaunchOptions = {}): Promise<Desk> {
  return new Desk(await launchApp(options))
}
