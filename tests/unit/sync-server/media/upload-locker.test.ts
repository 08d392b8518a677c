import { describe, expect, it } from 'vitest'
import { UploadLocker } from '#server/media/upload-locker.ts'

const alive = new AbortController().signal

describe('locks of uploads', () => {
  it('ask whoever holds one to let go, and come one after another', async () => {
    const locker = new UploadLocker()
    const order: string[] = []
    const first = locker.newLock('a')
    await first.lock(alive, () => void order.push('asked'))
    const second = locker.newLock('a')
    const waiting = second.lock(alive, () => {}).then(() => order.push('second'))
    await Promise.resolve()
    order.push('first ends')
    await first.unlock()
    await waiting
    expect(order).toEqual(['asked', 'first ends', 'second'])
  })

  it('of different uploads know nothing of each other', async () => {
    const locker = new UploadLocker()
    await locker.newLock('a').lock(alive, () => {})
    await locker.newLock('b').lock(alive, () => {})
  })

  it('are not taken for a request that has ended', async () => {
    const locker = new UploadLocker()
    const first = locker.newLock('a')
    await first.lock(alive, () => {})
    const gone = AbortSignal.abort()
    await expect(locker.newLock('a').lock(gone, () => {})).rejects.toThrow('ended')
    await first.unlock()
    await locker.newLock('a').lock(alive, () => {})
  })

  it('of many that come at once are held by one at a time', async () => {
    const locker = new UploadLocker()
    let holders = 0
    const hold = async (): Promise<void> => {
      const lock = locker.newLock('a')
      await lock.lock(alive, () => {})
      expect(++holders).toBe(1)
      await Promise.resolve()
      holders--
      await lock.unlock()
    }
    await Promise.all(Array.from({ length: 50 }, hold))
  })
})
