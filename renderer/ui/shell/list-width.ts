/** Limits of the list's width and what it is until the user drags its edge; px. */
export const listWidths = { min: 260, max: 520, medium: 300, wide: 348 } as const

/** Width of the list beside other panes; `kept` is what the user has dragged it to. */
export function listWidth(kept: number | undefined, layout: 'medium' | 'wide'): number {
  return kept ?? listWidths[layout]
}
