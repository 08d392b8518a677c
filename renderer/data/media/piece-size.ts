/**
 * How many bytes go to the server in one request. What a broken connection swallows is a part of one, so a slow link gets small ones; each costs
 * an answer that is waited for, so a fast link gets large ones.
 */
export type PieceSize = {
  bytes(): number
  /** A piece of so many bytes was answered after so long. */
  arrived(bytes: number, tookMs: number): void
  /** The connection broke over one. */
  broke(): void
}

const smallest = 256 * 1024
const largest = 4 * 1024 * 1024
/** A piece should be under way for so long. */
const wantedMs = 1_000

export function createPieceSize(): PieceSize {
  let size = 2 * smallest
  return {
    bytes: () => size,
    arrived(bytes, tookMs) {
      const wanted = (bytes / Math.max(1, tookMs)) * wantedMs
      size = Math.round(Math.max(smallest, Math.min(largest, wanted, size * 2)))
    },
    broke() {
      size = Math.max(smallest, Math.round(size / 2))
    },
  }
}
