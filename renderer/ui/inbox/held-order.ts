/**
 * Rows in the order the user saw them last: each row keeps its place, what is gone falls out, and what is new waits at
 * the end of the known ones in the order it came.
 */
export function inHeldOrder<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  heldKeys: readonly string[],
): Row[] {
  const places = new Map(heldKeys.map((key, index) => [key, index]))
  const known: Row[] = []
  const fresh: Row[] = []
  for (const row of rows) (places.has(keyOf(row)) ? known : fresh).push(row)
  known.sort((one, other) => (places.get(keyOf(one)) ?? 0) - (places.get(keyOf(other)) ?? 0))
  return [...known, ...fresh]
}
