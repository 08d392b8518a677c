import { describe, expect, it } from 'vitest'
import { deliveryOf } from '#common/domain/delivery.ts'

const receipts = (
  entries: Record<string, [delivered: number, read: number]>,
): Map<string, { delivered: number; read: number }> =>
  new Map(Object.entries(entries).map(([user, [delivered, read]]) => [user, { delivered, read }]))

describe('delivery of a message', () => {
  it('is told by the others’ receipts, never by the author’s own', () => {
    expect(deliveryOf(5, 'author', receipts({ author: [9, 9] }))).toBe('sent')
    expect(deliveryOf(5, 'author', receipts({ author: [9, 9], other: [4, 4] }))).toBe('sent')
    expect(deliveryOf(5, 'author', receipts({ other: [5, 4] }))).toBe('delivered')
    expect(deliveryOf(5, 'author', receipts({ other: [5, 4], third: [0, 5] }))).toBe('read')
  })
})
