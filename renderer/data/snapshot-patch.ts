/**
 * Snapshots are plain JSON. Between worker and page only what changed is sent, and on both sides what did not change stays the
 * same object, so that React skips the rows that are as they were.
 */
export type Patch =
  | { kind: 'same' }
  | { kind: 'value'; value: unknown }
  | { kind: 'fields'; changed: Record<string, Patch>; removed: string[] }
  | { kind: 'list'; pieces: Piece[] }
/** Elements of the earlier list that stay, one that changed, or new ones. */
type Piece = { from: number; count: number } | { at: number; patch: Patch } | { values: unknown[] }

type Fields = Record<string, unknown>

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What tells an element of a list from the others: rows have an `id` or a `room`. */
function keyOf(element: unknown): string | undefined {
  if (!isFields(element)) return undefined
  const key = element['id'] ?? element['room']
  return typeof key === 'string' ? key : undefined
}

/** `next`, with every part that equals one of `previous` replaced by that one. */
export function share<Value>(previous: unknown, next: Value): Value {
  if (Object.is(previous, next)) return next
  if (Array.isArray(previous) && Array.isArray(next)) return shareList(previous, next) as Value
  if (isFields(previous) && isFields(next)) return shareFields(previous, next) as Value
  return next
}

function shareFields(previous: Fields, next: Fields): Fields {
  const names = Object.keys(next)
  let isSame = names.length === Object.keys(previous).length
  const shared: Fields = {}
  for (const name of names) {
    shared[name] = share(previous[name], next[name])
    if (!Object.hasOwn(previous, name) || !Object.is(shared[name], previous[name])) isSame = false
  }
  return isSame ? previous : shared
}

function shareList(previous: unknown[], next: unknown[]): unknown[] {
  const byKey = new Map<string, unknown>()
  for (const element of previous) {
    const key = keyOf(element)
    if (key !== undefined) byKey.set(key, element)
  }
  let isSame = previous.length === next.length
  const shared = next.map((element, index) => {
    const key = keyOf(element)
    const made = share(key === undefined ? previous[index] : byKey.get(key), element)
    if (!Object.is(made, previous[index])) isSame = false
    return made
  })
  return isSame ? previous : shared
}

/** What makes `next` out of `previous`. `next` comes from {@link share}: what is the same is the same object. */
export function makePatch(previous: unknown, next: unknown): Patch {
  if (Object.is(previous, next)) return { kind: 'same' }
  if (Array.isArray(previous) && Array.isArray(next)) return { kind: 'list', pieces: makePieces(previous, next) }
  if (isFields(previous) && isFields(next)) return makeFieldsPatch(previous, next)
  return { kind: 'value', value: next }
}

function makeFieldsPatch(previous: Fields, next: Fields): Patch {
  const changed: Record<string, Patch> = {}
  for (const [name, value] of Object.entries(next))
    if (!Object.hasOwn(previous, name)) changed[name] = { kind: 'value', value }
    else if (!Object.is(previous[name], value)) changed[name] = makePatch(previous[name], value)
  return { kind: 'fields', changed, removed: Object.keys(previous).filter((name) => !Object.hasOwn(next, name)) }
}

function makePieces(previous: unknown[], next: unknown[]): Piece[] {
  const places = new Map<unknown, number>()
  const keys = new Map<string, number>()
  previous.forEach((element, index) => {
    places.set(element, index)
    const key = keyOf(element)
    if (key !== undefined) keys.set(key, index)
  })
  const pieces: Piece[] = []
  for (const element of next) {
    const last = pieces.at(-1)
    const kept = isFields(element) || Array.isArray(element) ? places.get(element) : undefined
    if (kept !== undefined) {
      if (last && 'from' in last && last.from + last.count === kept) last.count++
      else pieces.push({ from: kept, count: 1 })
      continue
    }
    const key = keyOf(element)
    const changed = key === undefined ? undefined : keys.get(key)
    if (changed !== undefined) pieces.push({ at: changed, patch: makePatch(previous[changed], element) })
    else if (last && 'values' in last) last.values.push(element)
    else pieces.push({ values: [element] })
  }
  return pieces
}

/** The snapshot after `previous`; parts that did not change stay the same objects. */
export function applyPatch(previous: unknown, patch: Patch): unknown {
  switch (patch.kind) {
    case 'same':
      return previous
    case 'value':
      return patch.value
    case 'fields':
      return applyFields(previous as Fields, patch)
    case 'list':
      return applyPieces(previous as unknown[], patch.pieces)
  }
}

function applyFields(previous: Fields, { changed, removed }: Extract<Patch, { kind: 'fields' }>): Fields {
  const next = { ...previous }
  for (const name of removed) delete next[name]
  for (const [name, patch] of Object.entries(changed)) next[name] = applyPatch(previous[name], patch)
  return next
}

function applyPieces(previous: unknown[], pieces: Piece[]): unknown[] {
  const next: unknown[] = []
  for (const piece of pieces) {
    if ('values' in piece) next.push(...piece.values)
    else if ('at' in piece) next.push(applyPatch(previous[piece.at], piece.patch))
    else next.push(...previous.slice(piece.from, piece.from + piece.count))
  }
  return next
}
