/** When a page that crashed is loaded again by itself: not over and over, for then something on this machine makes it crash. */
export function createReloadLimit(most: number, withinMs: number, nowMs: () => number): () => boolean {
  let recent: number[] = []
  return () => {
    const now = nowMs()
    recent = recent.filter((time) => now - time < withinMs)
    if (recent.length >= most) return false
    recent.push(now)
    return true
  }
}
