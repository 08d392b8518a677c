/**
 * Every screen against the rules of axe: on a desktop in Russian and light, on a phone in English and dark. Of the rules only
 * those about colours depend on the theme, and the colours do not depend on size or language.
 */
import { createRequire } from 'node:module'
import type axe from 'axe-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { layers } from '#tests/support/ui/layers.ts'
import { openScreens, type Screens } from '#tests/support/ui/open-screens.ts'
import { scenes } from '#tests/support/ui/scenes.ts'

declare global {
  interface Window {
    axe: typeof axe
  }
}

let screens: Screens
beforeAll(async () => {
  screens = await openScreens()
  await screens.page.addInitScript({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') })
})
afterAll(() => screens.close())

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Violated rules with the elements that violate them. */
async function violations(): Promise<string[]> {
  // A menu floats outside the page's regions by its nature.
  const region = { enabled: !(await screens.page.getByRole('menu').isVisible()) }
  return screens.page.evaluate(
    async (options) => {
      // What appears is pale at first.
      const isEndless = ({ effect }: Animation) => effect?.getComputedTiming().endTime === Infinity
      const ending = document.getAnimations().filter((each) => !isEndless(each))
      await Promise.allSettled(ending.map(({ finished }) => finished))
      const result = await window.axe.run(options)
      return result.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
    },
    { runOnly: rules, resultTypes: ['violations'], rules: { region } } satisfies axe.RunOptions,
  )
}

/** Rows of tabs, filters and files, and the matrix of the roles, scroll sideways in their own box; nothing else does. */
const sidewaysAllowed = 'nav, [role=tablist], [role=group], [role=region]:has([role=grid]), ul:has([data-file])'

/** What is wider than the smallest window. */
async function tooWide(): Promise<string[]> {
  await screens.page.setViewportSize({ width: 320, height: 640 })
  return screens.page.evaluate(
    (allowed) =>
      [document.documentElement, ...document.querySelectorAll('body *')]
        .filter((each) => each.scrollWidth > each.clientWidth + 1 && !each.matches(allowed))
        .filter((each) => each.matches('html') || /auto|scroll/.test(getComputedStyle(each).overflowX))
        .map((each) => each.outerHTML.slice(0, 200)),
    sidewaysAllowed,
  )
}

const long = new Set(['large', 'photos'])
const shown = Object.keys(scenes).filter((scene) => !long.has(scene))
const looks = [
  { language: 'ru', size: 'desktop', theme: 'light', names: shown },
  { language: 'en', size: 'phone', theme: 'dark', names: shown },
  {
    language: 'ru',
    size: 'laptop',
    theme: 'dark',
    names: ['split', 'team', 'tickets', 'fields', 'notices', 'queue', 'admin-roles', 'admin-users-pending'],
  },
] as const

it('a button without a name is found', async () => {
  await screens.show('chat')
  await screens.page.evaluate(() => document.querySelector('main')?.append(document.createElement('button')))
  expect(await violations()).toEqual([expect.stringContaining('button-name')])
})

describe.each(looks)('$language, $size', ({ names, ...look }) => {
  it.each(names)('%s', async (scene) => {
    await screens.show(scene, look)
    expect(await violations()).toEqual([])
    if (look.size === 'phone') expect(await tooWide()).toEqual([])
  })
})

// Two hours after a new year’s midnight part of what happened is of another day, and a device’s clock may show another year.
describe.each(['ru', 'en'] as const)('times with their dates fit the smallest window, %s', (language) => {
  it.each(['inbox', 'chat', 'tickets', 'fields', 'history', 'queue', 'admin-users', 'admin-keys', 'admin-audit'])(
    '%s',
    async (scene) => {
      await screens.show(scene, { language, size: 'phone', at: '2027-01-01T02:10' })
      expect(await tooWide()).toEqual([])
    },
  )
})

describe('layers above the panes', () => {
  it.each([
    ['the search for a ticket', 'Control+k'],
    ['the new ticket', 'c'],
    ['the sheet of keys', 'F1'],
  ])('%s', async (_name, key) => {
    await screens.show('chat')
    await screens.page.keyboard.press(key)
    await screens.page.getByRole('dialog').waitFor()
    expect(await violations()).toEqual([])
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

  describe.each([
    { size: 'desktop', language: 'ru', theme: 'light' },
    { size: 'phone', language: 'en', theme: 'dark' },
  ] as const)('$size, $language', (look) => {
    it.each(Object.entries(layers))('%s', async (_name, { scene, open }) => {
      await screens.show(scene, look)
      await open(screens.page, look.size)
      expect(await violations()).toEqual([])
      if (look.size === 'phone') expect(await tooWide()).toEqual([])
    })
  })
})
