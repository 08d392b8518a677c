import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { appendCommand, readCommands } from '#common/documents/outbox-document.ts'
import { checkOutboxUpdate, hasPending } from '#server/rooms/outbox-check.ts'
import { scanUpdate } from '#server/rooms/update-scanner.ts'
import { attackerClient, bitFlips, fatalAttacks } from '#tests/support/hostile/yjs-attacks.ts'

const serverClient = 9
/** On a machine that does a hundred other things; what is stopped here would take Yjs many seconds or gigabytes. */
const patienceMs = 1_000

function attackedDocument(): Y.Doc {
  const document = new Y.Doc()
  document.clientID = attackerClient
  for (const text of ['один', 'два', 'три']) appendCommand(document, { id: text, text })
  return document
}

describe('the check of updates of an outbox', () => {
  it.each(fatalAttacks)('stops $name before Yjs sees it', ({ update }) => {
    const document = attackedDocument()
    const attack = update(Y.getState(document.store, attackerClient))
    const startedAt = performance.now()
    const checked = checkOutboxUpdate(attack, document, serverClient, true)
    expect(performance.now() - startedAt).toBeLessThan(patienceMs)
    if (!checked.ok) return
    // What only Yjs can tell: structs that wait for each other.
    Y.applyUpdate(document, update(0))
    expect(hasPending(document)).toBe(true)
  })

  it('lets honest documents of every shape pass', () => {
    const device = new Y.Doc()
    const server = new Y.Doc()
    server.clientID = serverClient
    const pass = (update: Uint8Array, synced = true): void => {
      expect(checkOutboxUpdate(update, server, serverClient, synced)).toMatchObject({ ok: true })
      Y.applyUpdate(server, update)
      server.clientID = serverClient
      expect(hasPending(server)).toBe(false)
    }
    const since = (): Uint8Array => Y.encodeStateAsUpdate(device, Y.encodeStateVector(server))
    for (let index = 0; index < 50; index++)
      appendCommand(device, { id: `${index}`, nested: { list: [1, -0, 1e308, NaN, null] } })
    pass(Y.encodeStateAsUpdate(device), false)
    appendCommand(device, { id: 'a', missing: undefined })
    pass(since())
    device.getArray('commands').delete(3, 2)
    pass(since())
    server.transact(() => {
      server.getMap('refused').set('a', { code: 'E_STALE', message: '' })
      server.getArray('commands').delete(0, 10)
    })
    Y.applyUpdate(device, Y.encodeStateAsUpdate(server, Y.encodeStateVector(device)))
    device.getMap('refused').delete('a')
    appendCommand(device, { id: 'b' })
    pass(since())
    // The whole again, merged of pieces, and from a device that was restarted.
    pass(Y.mergeUpdates([Y.encodeStateAsUpdate(device), since()]))
    const restarted = new Y.Doc()
    Y.applyUpdate(restarted, Y.encodeStateAsUpdate(device))
    appendCommand(restarted, { id: 'c' })
    const fresh = new Y.Doc()
    expect(checkOutboxUpdate(Y.encodeStateAsUpdate(restarted), fresh, serverClient, false)).toMatchObject({ ok: true })
    expect(readCommands(server).at(-1)).toEqual({ id: 'b' })
  })

  it('lets nobody write as the server, once the device has brought everything', () => {
    const document = attackedDocument()
    const forged = new Y.Doc()
    forged.clientID = serverClient
    forged.getMap('refused').set('x', 1)
    const update = Y.encodeStateAsUpdate(forged)
    expect(checkOutboxUpdate(update, document, serverClient, true).ok).toBe(false)
    expect(checkOutboxUpdate(update, document, serverClient, false).ok).toBe(true)
  })

  it('survives 20,000 turned bits: what passes can be applied and makes nothing foreign', () => {
    const document = attackedDocument()
    const honest = Y.encodeStateAsUpdate(document)
    const foreign: string[] = []
    let passed = 0
    for (const update of bitFlips(honest, 20_000, 1)) {
      const target = new Y.Doc()
      if (!checkOutboxUpdate(update, target, serverClient, false).ok) continue
      passed++
      Y.applyUpdate(target, update)
      for (const name of target.share.keys()) if (name !== 'commands' && name !== 'refused') foreign.push(name)
    }
    expect(foreign).toEqual([])
    expect(passed).toBeGreaterThan(100)
  })

  it('never takes long or much, whatever the bytes', () => {
    const big = Y.encodeStateAsUpdate(attackedDocument())
    for (const update of [...bitFlips(big, 200, 2), new Uint8Array(1_048_576).fill(255), new Uint8Array(1_048_576)]) {
      const startedAt = performance.now()
      scanUpdate(update)
      expect(performance.now() - startedAt).toBeLessThan(patienceMs)
    }
  })
})
