import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createReloadLimit } from '#electron/main/page-recovery.ts'
import { windowOptions } from '#electron/main/window.ts'
import { placeWindow, readWindowState } from '#electron/main/window-state.ts'

const screen = { x: 0, y: 0, width: 1920, height: 1040 }
const left = { x: -1280, y: 0, width: 1280, height: 1024 }
const fileWith = (value: unknown) => ({ read: async () => value, write: async () => {}, idle: async () => {} })

describe('a window opens', () => {
  it('in the middle the first time', () => {
    expect(placeWindow(undefined, [screen])).toEqual({ x: 280, y: 90, width: 1360, height: 860 })
  })

  it('where it was', () => {
    const stored = { x: -1200, y: 20, width: 900, height: 700 }
    expect(placeWindow(stored, [screen, left])).toEqual(stored)
  })

  it('in the middle of the main screen when its own has gone', () => {
    const stored = { x: -1200, y: 20, width: 900, height: 700 }
    expect(placeWindow(stored, [screen])).toEqual({ x: 510, y: 170, width: 900, height: 700 })
  })

  it('no larger than a screen, and always within reach', () => {
    const part = fc.integer({ min: -20_000, max: 20_000 })
    const stored = fc.record({ x: part, y: part, width: part, height: part })
    fc.assert(
      fc.property(stored, (rectangle) => {
        const { x, y, width, height } = placeWindow(rectangle, [screen, left])
        expect(width).toBeGreaterThanOrEqual(360)
        expect(height).toBeGreaterThanOrEqual(480)
        expect(width).toBeLessThanOrEqual(1920)
        expect(height).toBeLessThanOrEqual(1040)
        expect(x + width).toBeGreaterThanOrEqual(-1280 + 120)
        expect(x).toBeLessThanOrEqual(1920 - 120)
        expect(y).toBeGreaterThanOrEqual(0)
        expect(y).toBeLessThanOrEqual(1000)
      }),
    )
  })

  it.each([
    undefined,
    null,
    {},
    { bounds: { x: 1.5, y: 0, width: 1, height: 1 }, isMaximized: false },
    { bounds: 'x' },
  ])('as the first time when %j is stored', async (value) => {
    expect(await readWindowState(fileWith(value))).toBeUndefined()
  })

  it('as it was stored', async () => {
    const state = { bounds: { x: 1, y: 2, width: 700, height: 600 }, isMaximized: true }
    expect(await readWindowState(fileWith(state))).toEqual(state)
  })
})

describe('the look of a window', () => {
  const look = { preloadPath: '/p', iconPath: undefined, bounds: screen, isDark: true, isPackaged: true }
  it('has no frame, except on a Mac, which keeps its buttons', () => {
    expect(windowOptions(look, 'linux')).toMatchObject({ frame: false })
    expect(windowOptions(look, 'win32')).toMatchObject({ frame: false })
    expect(windowOptions(look, 'darwin')).toMatchObject({ titleBarStyle: 'hiddenInset' })
  })

  it('does not flash white in the dark', () => {
    expect(windowOptions(look, 'linux').backgroundColor).toBe('#171b21')
    expect(windowOptions({ ...look, isDark: false }, 'linux').backgroundColor).toBe('#ffffff')
  })
})

describe('a page that crashes', () => {
  it('is loaded again three times a minute', () => {
    let now = 0
    const mayReload = createReloadLimit(3, 60_000, () => now)
    expect([mayReload(), mayReload(), mayReload(), mayReload()]).toEqual([true, true, true, false])
    now = 60_000
    expect(mayReload()).toBe(true)
  })
})
