/** What the user wrote, in the app as it runs: killed, and with the browser's database gone. */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { LaunchedApp } from '#tests/support/electron/launch-app.ts'
import { launchApp, makeUserDataDir, removeUserData } from '#tests/support/electron/launch-app.ts'

const account = 'deadbeefdeadbeef'
let userDataDir: string
beforeEach(async () => {
  userDataDir = await makeUserDataDir()
})
afterEach(() => removeUserData(userDataDir))

/** The page writes command after command; resolves with the acknowledged ones once there are `count`. */
function acknowledge(desk: LaunchedApp, first: number, count: number): Promise<number[]> {
  return new Promise((resolve) => {
    const numbers: number[] = []
    desk.page.on('console', (message) => {
      const [word, number] = message.text().split(' ')
      if (word !== 'acknowledged') return
      numbers.push(Number(number))
      if (numbers.length === count) resolve(numbers)
    })
    void desk.page
      .evaluate(
        async ([name, from]) => {
          for (let number = from; ; number++) {
            const entries = [
              { kind: 'command' as const, id: String(number), value: JSON.stringify({ number, text: 'Выезжаю' }) },
            ]
            const outcome = await window.naryad?.call('journal.write', { account: name, entries })
            // oxlint-disable-next-line no-console -- the way out of the page
            if (outcome?.ok === true) console.log(`acknowledged ${number}`)
          }
        },
        [account, first] as const,
      )
      .catch(() => {}) // The app is killed meanwhile.
  })
}

function read(desk: LaunchedApp) {
  return desk.page.evaluate((name) => window.naryad?.call('journal.read', { account: name }), account)
}

it('a killed app has every acknowledged command when it starts again', async () => {
  const acknowledged: number[] = []
  for (let round = 0; round < 3; round++) {
    const desk = await launchApp({ userDataDir })
    acknowledged.push(...(await acknowledge(desk, round * 10_000, 100)))
    await desk.kill()
  }
  const desk = await launchApp({ userDataDir })
  const content = await read(desk)
  expect(content?.items.map(({ id }) => Number(id))).toEqual(expect.arrayContaining(acknowledged))
  expect(content?.items.find(({ id }) => id === '10000')?.value).toBe('{"number":10000,"text":"Выезжаю"}')
  await desk.close()
})

it('outlives everything that the browser stores', async () => {
  const first = await launchApp({ userDataDir })
  const acknowledged = await acknowledge(first, 0, 5)
  await first.kill()
  for (const name of await readdir(userDataDir))
    // What is left of the killed app tidies up as well.
    if (name !== 'journal') await rm(join(userDataDir, name), { recursive: true, force: true })
  const second = await launchApp({ userDataDir })
  expect((await read(second))?.items.map(({ id }) => Number(id))).toEqual(expect.arrayContaining(acknowledged))
  await second.close()
})

it('an app that quits has answered what it was given', async () => {
  const first = await launchApp({ userDataDir })
  await first.page.evaluate((name) => {
    for (let number = 0; number < 200; number++)
      void window.naryad?.call('journal.write', {
        account: name,
        entries: [{ kind: 'draft', id: String(number), value: 'x' }],
      })
    return window.naryad?.call('badge.set', { count: 0 })
  }, account)
  await first.close()
  const second = await launchApp({ userDataDir })
  expect((await read(second))?.items).toHaveLength(200)
  await second.close()
})
