import { statfs } from 'node:fs/promises'
import type { Limits } from '../limits.ts'
import { asTusError } from './media-refusal.ts'

export type SpaceOptions = {
  /** On the disk that is asked. */
  folder: string
  limits: Pick<Limits, 'mediaBytes' | 'diskReserveBytes'>
  /** Bytes of everything that is stored, finished or not. */
  usedBytes(): number
}

/**
 * Refuses with E_MEDIA_FULL what would go over the organisation's quota, or leave less than the reserve of the disk: that is
 * kept for the log, so that text is taken when files are not.
 */
export function createSpaceCheck({ folder, limits, usedBytes }: SpaceOptions): (bytesToCome: number) => Promise<void> {
  return async (bytesToCome) => {
    if (usedBytes() + bytesToCome > limits.mediaBytes) throw asTusError('E_MEDIA_FULL')
    const { bavail, bsize } = await statfs(folder)
    if (bavail * bsize - bytesToCome < limits.diskReserveBytes) throw asTusError('E_MEDIA_FULL')
  }
}
