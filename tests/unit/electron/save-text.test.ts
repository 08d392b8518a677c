import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { calls } from '#common/ipc.ts'
import { createTextSaver } from '#electron/main/save-text.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'naryad-save-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const write = (path: string, text: string) => writeFile(path, text)

describe('saving a text', () => {
  it('goes where the user says', async () => {
    const path = join(folder, 'chosen.csv')
    const offered: string[] = []
    const save = createTextSaver({
      askWhere: async (name) => {
        offered.push(name)
        return path
      },
      write,
    })
    expect(await save('Журнал изменений.csv', 'a,b\r\n')).toBe('saved')
    expect(offered).toEqual(['Журнал изменений.csv'])
    expect(await readFile(path, 'utf8')).toBe('a,b\r\n')
  })

  it('writes nothing when the user chose no place', async () => {
    const written: string[] = []
    const save = createTextSaver({ askWhere: async () => null, write: async (path) => void written.push(path) })
    expect(await save('a.csv', 'text')).toBe('cancelled')
    expect(written).toEqual([])
  })

  it('tells when the place can not be written', async () => {
    const save = createTextSaver({ askWhere: async () => join(folder, 'no such folder', 'a.csv'), write })
    expect(await save('a.csv', 'text')).toBe('failed')
  })
})

describe('the name that a page may offer', () => {
  const isAccepted = (name: string) => z.safeParse(calls['files.saveText'], { name, text: '' }).success

  it.each(['Журнал изменений.csv', 'audit_2026-11-22.csv'])('%s', (name) => {
    expect(isAccepted(name)).toBe(true)
  })

  it.each(['', '.bashrc', '../a.csv', '/etc/passwd', 'a\\b.csv', 'C:a.csv', 'a\0.csv', 'a\n.csv', 'a'.repeat(101)])(
    'not %j',
    (name) => {
      expect(isAccepted(name)).toBe(false)
    },
  )
})
