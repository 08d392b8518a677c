import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { openBrowserDatabases } from '#electron/main/browser-databases.ts'
import { makeTemporaryFolder } from '#tests/support/server/temporary-folder.ts'

describe('databases of the page that can not be opened', () => {
  let userData: string
  let restarts: number
  const start = () => openBrowserDatabases(userData, () => restarts++)

  beforeEach(async () => {
    const folder = await makeTemporaryFolder()
    userData = folder.path
    restarts = 0
    await mkdir(join(userData, 'IndexedDB'))
    await writeFile(join(userData, 'IndexedDB', 'data'), 'first')
    return folder.remove
  })

  it('stay where they are while nobody complains', async () => {
    await start()
    await start()
    expect(existsSync(join(userData, 'IndexedDB', 'data'))).toBe(true)
  })

  it('are set aside at the next start, which follows at once; the start after that leaves the new ones alone', async () => {
    const databases = await start()
    expect(await databases.discard()).toBe(true)
    expect(restarts).toBe(1)
    await start()
    expect(existsSync(join(userData, 'IndexedDB'))).toBe(false)
    expect(await readFile(join(userData, 'IndexedDB.damaged', 'data'), 'utf8')).toBe('first')
    await mkdir(join(userData, 'IndexedDB'))
    await start()
    expect(existsSync(join(userData, 'IndexedDB'))).toBe(true)
  })

  it('are not set aside again and again', async () => {
    await (await start()).discard()
    const again = await start()
    expect(await again.discard()).toBe(false)
    expect(restarts).toBe(1)
  })

  it('may be absent, and take the place of those set aside earlier', async () => {
    await (await start()).discard()
    await start()
    await mkdir(join(userData, 'IndexedDB'))
    await writeFile(join(userData, 'IndexedDB', 'data'), 'second')
    await (await start()).discard()
    await start()
    expect(await readFile(join(userData, 'IndexedDB.damaged', 'data'), 'utf8')).toBe('second')
    await (await start()).discard()
    await start()
    expect(existsSync(join(userData, 'IndexedDB'))).toBe(false)
  })
})
