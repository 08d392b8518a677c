/**
 * Entry of the process that decodes photos: what strangers made is read here and nowhere else. It is slow to be let run, ends
 * by itself when it needs too much memory, and is ended by the server when it takes too long.
 */
import { constants, setPriority } from 'node:os'
import { encodePhoto, prepareEncoder } from './photo-encoding.ts'
import type { PhotoReply, PhotoRequest } from './photo-messages.ts'

/** Photo of 50 megapixels, decoded and turned: 300 MB. */
const memoryLimitBytes = 1_073_741_824
const memoryCheckMs = 25

/** Answering people goes before: a photo may wait. */
function stepBack(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // Not everywhere allowed; it works without.
  }
}

async function work({ id, input, full, thumb, pixelLimit }: PhotoRequest): Promise<PhotoReply> {
  try {
    const result = await encodePhoto(input, { full, thumb }, pixelLimit)
    if (result.ok) return { id, outcome: 'encoded', photo: result.value }
    return { id, outcome: 'refused', reason: result.reason }
  } catch (error) {
    return { id, outcome: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}

stepBack()
prepareEncoder()
setInterval(() => {
  if (process.memoryUsage.rss() > memoryLimitBytes) process.kill(process.pid, 'SIGKILL')
}, memoryCheckMs)
// The server has ended, however it ended.
process.on('disconnect', () => process.exit(0))
process.on('message', (request: PhotoRequest) => {
  void work(request).then((reply) => process.send?.(reply))
})
