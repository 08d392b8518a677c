import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CallName } from '#common/ipc.ts'
import { calls } from '#common/ipc.ts'
import type { CallHandlers, CallSender } from '#electron/main/call-dispatcher.ts'
import { createCallDispatcher } from '#electron/main/call-dispatcher.ts'
import { createPage } from '#electron/main/page.ts'

// Every name of the contract gets the same recorder.
const names = Object.keys(calls) as CallName[]
function recorder() {
  const taken: unknown[][] = []
  const handlers = Object.fromEntries(
    names.map((name) => [name, (argument: unknown) => void taken.push([name, argument])]),
  ) as unknown as CallHandlers
  return { taken, dispatch: createCallDispatcher(handlers, createPage('app://bundle/').isOwn) }
}
const page: CallSender = { url: 'app://bundle/index.html#/chats', isMainFrame: true }

describe('a call', () => {
  it('with a sound argument reaches its handler', async () => {
    const { taken, dispatch } = recorder()
    expect(await dispatch(page, 'badge.set', { count: 3 })).toEqual({ ok: true, value: undefined })
    expect(await dispatch(page, 'app.information', undefined)).toMatchObject({ ok: true })
    expect(taken).toEqual([
      ['badge.set', { count: 3 }],
      ['app.information', undefined],
    ])
  })

  it.each<[string, CallSender]>([
    ['a frame that has gone', null],
    ['a frame inside the page', { url: 'app://bundle/', isMainFrame: false }],
    ['another site', { url: 'https://bundle/', isMainFrame: true }],
    ['another host of our scheme', { url: 'app://bundle.evil/', isMainFrame: true }],
    ['a name before our host', { url: 'app://bundle@evil/', isMainFrame: true }],
    ['a file', { url: 'file:///app/bundle/index.html', isMainFrame: true }],
    ['an empty page', { url: 'about:blank', isMainFrame: true }],
    ['no address', { url: '', isMainFrame: true }],
    ['data', { url: 'data:text/html,app://bundle/', isMainFrame: true }],
  ])('from %s is refused', async (_, sender) => {
    const { taken, dispatch } = recorder()
    for (const name of names) expect(await dispatch(sender, name, undefined)).toMatchObject({ code: 'E_IPC_SENDER' })
    expect(taken).toEqual([])
  })

  it.each([undefined, null, 7, {}, [], '', 'settings', 'settings.read ', '__proto__', 'constructor', 'toString'])(
    'named %j is refused',
    async (name) => {
      const { taken, dispatch } = recorder()
      expect(await dispatch(page, name, undefined)).toMatchObject({ ok: false, code: 'E_IPC_CALL' })
      expect(taken).toEqual([])
    },
  )

  it('with anything but its argument is refused', async () => {
    const { taken, dispatch } = recorder()
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.anything({ withNullPrototype: true }), async (name, argument) => {
        const before = taken.length
        const reply = await dispatch(page, name, argument)
        if (!reply.ok) {
          expect(reply.code).toBe('E_IPC_ARGUMENT')
          expect(taken.length).toBe(before)
        } else {
          // What was let through is what the schema describes: nothing, or a change of no setting.
          expect(argument === undefined || name === 'settings.write').toBe(true)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('that fails answers with the reason', async () => {
    const handlers = Object.fromEntries(names.map((name) => [name, () => Promise.reject(new Error('EACCES'))]))
    const dispatch = createCallDispatcher(handlers as unknown as CallHandlers, () => true)
    expect(await dispatch(page, 'badge.set', { count: 1 })).toEqual({
      ok: false,
      code: 'E_IPC_FAILED',
      detail: 'Error: EACCES',
    })
  })
})
