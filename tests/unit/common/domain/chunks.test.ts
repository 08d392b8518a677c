import { expect, it } from 'vitest'
import { chunksOf } from '#common/domain/chunks.ts'

it('cuts items into chunks that lose nothing', () => {
  expect(chunksOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]])
  expect(chunksOf([], 2)).toEqual([])
})
