/** How many code points before the limit the counter shows itself. */
const nearCodePoints = 500

/** Where a text stands towards its limit; `count`: code points left, or too many. */
export type LengthNote = { state: 'fine' } | { state: 'near' | 'over'; count: number }

export function lengthNote(text: string, limit: number): LengthNote {
  // A code point takes at most two units: most texts need no counting.
  if (text.length < limit - nearCodePoints) return { state: 'fine' }
  const length = [...text].length
  if (length > limit) return { state: 'over', count: length - limit }
  return limit - length <= nearCodePoints ? { state: 'near', count: limit - length } : { state: 'fine' }
}
