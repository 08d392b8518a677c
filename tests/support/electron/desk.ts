/** What a person does in the window and sees there, in Russian, by the roles and names that a screen reader hears. */
import type { Locator, Page } from 'playwright-core'
import type { ChatKind, TicketId } from '#common/domain/ids.ts'
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
  async openChat(ticketId: TicketId, chat: ChatKind = 'customer'): Promise<void> {
    await this.goTo(`/chats/${ticketId}/${chat}`)
    await this.composer.waitFor()
  }

  /**
   * Shows a place of the window by its path, as a notification does. What was shown before is gone then: the window learns of its
   * new address in a later task, and until then what one does would be done to the old place.
   */
  async goTo(path: string): Promise<void> {
    await this.changeAddress(path)
    await this.page.waitForFunction(() => document.querySelector('main [inert]') === null)
  }

  private async changeAddress(path: string): Promise<void> {
    await this.page.evaluate(
      (given) =>
        new Promise<void>((resolve) => {
          const before = location.hash
          location.hash = `#${given}`
          if (location.hash === before) resolve()
          // The window's own listener was there first.
          else addEventListener('hashchange', () => resolve(), { once: true })
        }),
      path,
    )
  }

  /** A part of the open ticket: «Заявка», «Сообщения», «Команда», «Заказчик», «История изменений». */
  tab(name: string): Locator {
    return this.page.getByRole('tablist', { name: 'Разделы заявки' }).getByRole('tab', { name: new RegExp(`^${name}`) })
  }

  /** Names of the open ticket's parts without what stands behind them: counters, the customer's company. */
  async tabNames(): Promise<string[]> {
    const texts = await this.page.getByRole('tablist', { name: 'Разделы заявки' }).getByRole('tab').allInnerTexts()
    return texts.map((text) => text.split('\n')[0] ?? '')
  }

  /** The field of one of a ticket's two chats, which may stand beside each other. */
  field(chat: ChatKind): Locator {
    return this.page.getByRole('textbox', { name: chat === 'team' ? /^Сообщение команде/ : /^Сообщение заказчику/ })
  }

  /** The messages of one of a ticket's two chats. */
  feed(chat: ChatKind): Locator {
    return this.page.getByRole('feed', { name: chat === 'team' ? /^Чат с командой/ : /^Чат с заказчиком/ })
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
    await this.goTo('/queue')
  }

  /** What waits or was refused, one entry each. */
  queueEntries(text: string | RegExp = ''): Locator {
    return this.page.getByRole('region', { name: 'Не доставлено' }).getByRole('listitem').filter({ hasText: text })
  }

  /** Texts of what is not delivered, in the order of the list. */
  async queueTexts(): Promise<string[]> {
    return this.page.getByRole('region', { name: 'Не доставлено' }).getByRole('listitem').allInnerTexts()
  }
}

export async function openDesk(options: LaunchOptions = {}): Promise<Desk> {
  return new Desk(await launchApp(options))
}
