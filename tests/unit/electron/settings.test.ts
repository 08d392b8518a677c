import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createJsonFile } from '#electron/main/json-file.ts'
import { languageOf, openSettings } from '#electron/main/settings.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'naryad-settings-'))
  path = join(folder, 'settings.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

let devices = 0
const open = () =>
  openSettings(createJsonFile(path), {
    language: 'ru',
    createDeviceId: () => `01DEVICE${String(devices++).padStart(18, '0')}`,
  })
const stored = async (): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'))

describe('settings', () => {
  it('begin with the defaults and a device of their own, which stays', async () => {
    const first = (await open()).current()
    expect(first).toEqual({
      theme: 'system',
      language: 'ru',
      servers: [],
      deviceId: expect.stringMatching(/^01DEVICE/),
    })
    expect((await open()).current()).toEqual(first)
  })

  it('survive a start when changed, and tell who follows them', async () => {
    const settings = await open()
    const seen: string[] = []
    const stop = settings.onChange(({ theme }) => seen.push(theme))
    const servers = [{ url: 'https://naryad.example', login: 'dispatcher' }]
    expect(await settings.change({ theme: 'dark', servers, listWidth: 360 })).toMatchObject({ theme: 'dark', servers })
    stop()
    await settings.change({ theme: 'light' })
    expect(seen).toEqual(['dark'])
    expect((await open()).current()).toMatchObject({ theme: 'light', servers, listWidth: 360 })
  })

  it('are not emptied by a field given as undefined', async () => {
    const settings = await open()
    // The types forbid it; a page may send it all the same.
    const changes = Object.fromEntries([['theme', undefined]])
    expect(await settings.change(changes)).toMatchObject({ theme: 'system' })
  })

  it('that are no JSON are moved aside', async () => {
    await writeFile(path, '{"theme": "da')
    expect((await open()).current().theme).toBe('system')
    expect(await readFile(`${path}.damaged`, 'utf8')).toBe('{"theme": "da')
  })

  it('lose only the field that makes no sense', async () => {
    const sound = { language: 'en', servers: [], deviceId: '01M817TM1MKR8ZG9GQM6WZVHZD' }
    await writeFile(path, JSON.stringify({ ...sound, theme: 'sepia', listWidth: 'wide' }))
    expect((await open()).current()).toEqual({ ...sound, theme: 'system' })
  })

  it.each(['null', '[]', '7', '"text"'])('start anew from %s', async (text) => {
    await writeFile(path, text)
    expect((await open()).current()).toMatchObject({ theme: 'system', servers: [] })
  })

  it('leave what a newer version stored where it is', async () => {
    await writeFile(path, JSON.stringify({ deviceId: '01M817TM1MKR8ZG9GQM6WZVHZD', quietHours: { from: '22:00' } }))
    await (await open()).change({ theme: 'dark' })
    expect(await stored()).toMatchObject({ theme: 'dark', quietHours: { from: '22:00' } })
  })

  it('written many times at once end with the last', async () => {
    const settings = await open()
    await Promise.all(Array.from({ length: 50 }, (_, width) => settings.change({ listWidth: width })))
    expect(await stored()).toMatchObject({ listWidth: 49 })
    expect(await readdir(folder)).toEqual(['settings.json'])
  })

  it('are in force though the disk refuses them', async () => {
    await rm(folder, { recursive: true })
    const settings = await open()
    await expect(settings.change({ theme: 'dark' })).rejects.toThrow('ENOENT')
    expect(settings.current()).toMatchObject({ theme: 'dark', deviceId: expect.stringMatching(/^01DEVICE/) })
  })
})

describe('the first language', () => {
  it.each([
    [[], 'ru'],
    [['C'], 'ru'],
    [['ru-RU', 'en-US'], 'ru'],
    [['ru'], 'ru'],
    [['en-US', 'ru-RU'], 'en'],
    [['de'], 'en'],
  ])('for %j is %s', (languages, expected) => {
    expect(languageOf(languages)).toBe(expected)
  })
})
