/**
 * Every screen of a phone, and what opens above it, against the rules of axe, in English and dark; and nothing is wider than
 * the smallest window.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAxe, tooWide, violations } from '#tests/support/ui/accessibility.ts'
import { layers } from '#tests/support/ui/layers.ts'
import { openScreens, type Screens } from '#tests/support/ui/open-screens.ts'
import { shortScenes } from '#tests/support/ui/scenes.ts'

let screens: Screens
beforeAll(async () => {
  screens = await openScreens()
  await addAxe(screens.page)
})
afterAll(() => screens.close())

const look = { size: 'phone', language: 'en', theme: 'dark' } as const

describe('screens', () => {
  it.each(shortScenes)('%s', async (scene) => {
    await screens.show(scene, look)
    expect(await violations(screens.page)).toEqual([])
    expect(await tooWide(screens.page)).toEqual([])
  })
})

describe('layers', () => {
  it.each(Object.entries(layers))('%s', async (_name, { scene, open }) => {
    await screens.show(scene, look)
    await open(screens.page, 'phone')
    expect(await violations(screens.page)).toEqual([])
    expect(await tooWide(screens.page)).toEqual([])
  })
})

// Two hours after a new year’s midnight part of what happened is of another day, and a device’s clock may show another year.
describe.each(['ru', 'en'] as const)('times with their dates fit the smallest window, %s', (language) => {
  it.each(['inbox', 'chat', 'tickets', 'fields', 'history', 'queue', 'admin-users', 'admin-keys', 'admin-audit'])(
    '%s',
    async (scene) => {
      await screens.show(scene, { language, size: 'phone', at: '2027-01-01T02:10' })
      expect(await tooWide(screens.page)).toEqual([])
    },
  )
})
