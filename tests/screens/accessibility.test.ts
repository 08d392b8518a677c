/**
 * Every screen of a desktop, and what opens above it, against the rules of axe: in Russian and light; phone.test.ts in English
 * and dark. Of the rules only those about colours depend on the theme, and the colours do not depend on size or language.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAxe, violations } from '#tests/support/ui/accessibility.ts'
import { layers } from '#tests/support/ui/layers.ts'
import { openScreens, type Screens } from '#tests/support/ui/open-screens.ts'
import { shortScenes } from '#tests/support/ui/scenes.ts'

let screens: Screens
beforeAll(async () => {
  screens = await openScreens()
  await addAxe(screens.page)
})
afterAll(() => screens.close())

it('a button without a name is found', async () => {
  await screens.show('chat')
  await screens.page.evaluate(() => document.querySelector('main')?.append(document.createElement('button')))
  expect(await violations(screens.page)).toEqual([expect.stringContaining('button-name')])
})

describe('screens', () => {
  it.each(shortScenes)('%s', async (scene) => {
    await screens.show(scene)
    expect(await violations(screens.page)).toEqual([])
  })
})

describe('screens of a laptop, dark', () => {
  it.each(['split', 'team', 'tickets', 'fields', 'notices', 'queue', 'admin-roles', 'admin-users-pending'])(
    '%s',
    async (scene) => {
      await screens.show(scene, { size: 'laptop', theme: 'dark' })
      expect(await violations(screens.page)).toEqual([])
    },
  )
})

describe('layers', () => {
  it.each([
    ['the search for a ticket', 'Control+k'],
    ['the new ticket', 'c'],
    ['the sheet of keys', 'F1'],
  ])('%s', async (_name, key) => {
    await screens.show('chat')
    await screens.page.keyboard.press(key)
    await screens.page.getByRole('dialog').waitFor()
    expect(await violations(screens.page)).toEqual([])
  })

  it.each(['light', 'dark'] as const)('the gallery, %s', async (theme) => {
    await screens.show('pictures', { theme })
    await screens.page
      .getByRole('feed')
      .getByRole('button', { name: /^Фото 2/ })
      .last()
      .click()
    await screens.page.getByRole('dialog').waitFor()
    expect(await violations(screens.page)).toEqual([])
  })

  it.each(['light', 'dark'] as const)('a camera that is not there, and files over a chat, %s', async (theme) => {
    await screens.show('split', { theme })
    await screens.page.getByRole('button', { name: 'Снять камерой' }).click()
    await screens.page.getByRole('dialog').waitFor()
    expect(await violations(screens.page)).toEqual([])
    await screens.page.keyboard.press('Escape')
    await screens.page.getByRole('feed').evaluate((feed) => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File(['picture'], 'узел.jpg'))
      feed.dispatchEvent(new DragEvent('dragenter', { dataTransfer, bubbles: true, cancelable: true }))
    })
    await screens.page.getByText('Отпустите').waitFor()
    expect(await violations(screens.page)).toEqual([])
  })

  it('a message’s menu', async () => {
    await screens.show('chat')
    await screens.page.getByRole('article').last().click({ button: 'right' })
    await screens.page.getByRole('menu').waitFor()
    expect(await violations(screens.page)).toEqual([])
  })

  it.each(Object.entries(layers))('%s', async (_name, { scene, open }) => {
    await screens.show(scene)
    await open(screens.page, 'desktop')
    expect(await violations(screens.page)).toEqual([])
  })
})
