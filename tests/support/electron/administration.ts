/** What an administrator does in «Администрирование». */
import type { Desk } from './desk.ts'

const questions = {
  on: { title: 'Разделить сообщения?', confirm: 'Разделить' },
  off: { title: 'Оставить один чат?', confirm: 'Оставить один чат' },
} as const

/** Switches the split of messages into two chats, answering the question, from wherever the window is. */
export async function switchSplit({ page }: Desk, to: 'on' | 'off'): Promise<void> {
  await page.getByRole('navigation', { name: 'Разделы', exact: true }).getByRole('link', { name: 'Админ' }).click()
  await page
    .getByRole('navigation', { name: 'Разделы администрирования' })
    .getByRole('link', { name: 'Организация' })
    .click()
  const box = page.getByRole('switch', { name: 'Разделять сообщения на чат с командой и чат с заказчиком' })
  await box.click()
  const question = page.getByRole('alertdialog', { name: questions[to].title })
  await question.getByRole('button', { name: questions[to].confirm, exact: true }).click()
  await question.waitFor({ state: 'detached' })
  await page.getByRole('switch', { checked: to === 'on' }).waitFor()
}
