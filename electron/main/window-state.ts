import * as z from 'zod/mini'
import type { JsonFile } from './json-file.ts'

/** In screen pixels that do not depend on the density. */
export type Rectangle = { x: number; y: number; width: number; height: number }

const stateSchema = z.object({
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int() }),
  isMaximized: z.boolean(),
})
/** `bounds` are those of the window when it is not maximized. */
export type WindowState = z.infer<typeof stateSchema>

export const smallestWindow = { width: 360, height: 480 } as const
const usualWindow = { width: 1360, height: 860 } as const
/** So much of the top of a window must be on a screen for the user to get hold of it. */
const grip = { width: 120, height: 40 } as const

/** Undefined when nothing sound is stored. */
export async function readWindowState(file: JsonFile): Promise<WindowState | undefined> {
  const parsed = z.safeParse(stateSchema, await file.read())
  return parsed.success ? parsed.data : undefined
}

function isWithinReach({ x, y, width }: Rectangle, area: Rectangle): boolean {
  const shared = Math.min(x + width, area.x + area.width) - Math.max(x, area.x)
  return shared >= grip.width && y >= area.y && y <= area.y + area.height - grip.height
}

function fitInto(area: Rectangle, { x, y, width, height }: Rectangle): Rectangle {
  return {
    x,
    y,
    width: Math.max(smallestWindow.width, Math.min(width, area.width)),
    height: Math.max(smallestWindow.height, Math.min(height, area.height)),
  }
}

/**
 * Where the window opens: where it was, unless that screen has gone; then in the middle of the first.
 * @param areas the screens without their panels, the main one first
 */
export function placeWindow(stored: Rectangle | undefined, areas: readonly Rectangle[]): Rectangle {
  const wanted = stored ?? { ...usualWindow, x: 0, y: 0 }
  if (stored !== undefined)
    for (const area of areas) {
      const fitted = fitInto(area, stored)
      if (isWithinReach(fitted, area)) return fitted
    }
  const [area] = areas
  if (area === undefined) return wanted
  const fitted = fitInto(area, wanted)
  return {
    ...fitted,
    x: Math.round(area.x + (area.width - fitted.width) / 2),
    y: Math.round(area.y + (area.height - fitted.height) / 2),
  }
}
