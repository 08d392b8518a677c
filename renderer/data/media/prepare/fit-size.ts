import type { Size } from './photo-size.ts'

/** The largest size of the same shape whose sides are at most `longest`; a smaller picture stays as it is. */
export function fitSize({ width, height }: Size, longest: number): Size {
  const scale = Math.min(1, longest / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}
