/** Every screen against the rules of axe: light and dark, Russian and English, desktop and phone. */
import AxeBuilder from '@axe-core/playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openScreens, type Screens } from '#tests/support/ui/open-screens.ts'
import { scenes } from '#tests/support/ui/scenes.ts'

let screens: Screens
beforeAll(async () => {
  screens = await openScreens()
})
afterAll(() => screens.close())

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Violated rules with the elements that violate them. */
async function violations(): Promise<string[]> {
  // Legacy mode: the usual one opens a second page, which an Electron app does not have.
  const axe = new AxeBuilder({ page: screens.page }).setLegacyMode(true).withTags(rules)
  // A menu floats outside the page's regions by its nature.
  if (await screens.page.getByRole('menu').isVisible()) axe.disableRules('region')
  const result = await axe.analyze()
  return result.violations.flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.html}`))
}

const long = new Set(['large', 'photos'])
const shown = Object.keys(scenes).filter((scene) => !long.has(scene))
const looks = [
  { theme: 'light', language: 'ru', size: 'desktop', names: shown },
  { theme: 'dark', language: 'en', size: 'phone', names: shown },
  { theme: 'dark', language: 'ru', size: 'laptop', names: ['split', 'team', 'tickets', 'fields', 'notices', 'queue'] },
] as const

describe.each(looks)('$theme, $language, $size', ({ names, ...look }) => {
  it.each(names)('%s', async (scene) => {
    await screens.show(scene, look)
    expect(await violations()).toEqual([])
  })
})

describe('layers above the panes', () => {
  it.each([
    ['the search for a ticket', 'Control+k'],
    ['the new ticket', 'c'],
    ['the sheet of keys', 'F1'],
  ])('%s', async (_name, key) => {
    for (const theme of ['light', 'dark'] as const) {
      await screens.show('chat', { theme })
      await screens.page.keyboard.press(key)
      await screens.page.getByRole('dialog').waitFor()
      expect(await violations()).toEqual([])
    }
  })

  it.each(['light', 'dark'] as const)('the gallery, %s', async (theme) => {
    await screens.show('pictures', { theme })
    await screens.page
      .getByRole('feed')
      .getByRole('button', { name: /^Фото 2/ })
      .last()
      .click()
    await screens.page.getByRole('dialog').waitFor()
    expect(await violations()).toEqual([])
  })

  it.each(['light', 'dark'] as const)('a camera that is not there, and files over a chat, %s', async (theme) => {
    await screens.show('split', { theme })
    await screens.page.getByRole('button', { name: 'Снять камерой' }).click()
    await screens.page.getByRole('dialog').waitFor()
    expect(await violations()).toEqual([])
    await screens.page.keyboard.press('Escape')
    await screens.page.getByRole('feed').evaluate((feed) => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File(['picture'], 'узел.jpg'))
      feed.dispatchEvent(new DragEvent('dragenter', { dataTransfer, bubbles: true, cancelable: true }))
    })
    await screens.page.getByText('Отпустите').waitFor()
    expect(await violations()).toEqual([])
  })

  it('a message’s menu', async () => {
    await screens.show('chat')
    await screens.page.getByRole('article').last().click({ button: 'right' })
    await screens.page.getByRole('menu').waitFor()
    expect(await violations()).toEqual([])
  })
})

it('nothing is wider than the smallest window', async () => {
  for (const scene of shown) {
    await screens.show(scene, { size: 'smallest' })
    const width = await screens.page.evaluate(() => document.documentElement.scrollWidth)
    expect(width, scene).toBeLessThanOrEqual(320)
  }
})
