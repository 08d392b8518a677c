import type { Attachment } from '#common/domain/message.ts'

/** Places of pictures in a bubble; px. They depend on what the message says of them alone, so nothing moves when they come. */
export const gridTile = { width: 116, height: 88, gap: 4 } as const
const columns = 3
const shownAtMost = 6
const single = { width: 320, height: 260, least: 96 } as const

export type GridLayout = {
  columns: number
  tile: { width: number; height: number }
  /** Files that have a tile; the last tile tells of the others. */
  shown: number
  more: number
}

export function gridLayout(attachments: readonly Pick<Attachment, 'width' | 'height'>[]): GridLayout {
  const [first] = attachments
  if (attachments.length === 1 && first) return { columns: 1, tile: singleTile(first), shown: 1, more: 0 }
  const shown = Math.min(attachments.length, shownAtMost)
  return {
    columns: Math.min(columns, shown),
    tile: { width: gridTile.width, height: gridTile.height },
    shown,
    more: attachments.length - shown,
  }
}

/** As large as it fits, in its own proportions unless they are extreme. */
function singleTile({ width, height }: Pick<Attachment, 'width' | 'height'>): { width: number; height: number } {
  if (!width || !height) return { width: single.width, height: Math.round(single.width * 0.75) }
  const scale = Math.min(single.width / width, single.height / height, 1)
  return {
    width: Math.max(single.least, Math.round(width * scale)),
    height: Math.max(single.least, Math.round(height * scale)),
  }
}
