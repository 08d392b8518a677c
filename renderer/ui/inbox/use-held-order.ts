import { useEffect, useMemo, useRef, useState, type PointerEvent } from 'react'
import { inHeldOrder } from './held-order.ts'

/** A pointer that rests over the list this long no longer aims at a row; ms. */
const restMs = 4000

/**
 * Keeps rows from moving under a pointer that is about to press one: while it moves over the list, contents are renewed but
 * the order is held. `list` names what is listed; another list is shown in its own order at once.
 */
export function useHeldOrder<Row>(rows: readonly Row[], keyOf: (row: Row) => string, list: string) {
  const [held, setHeld] = useState<{ list: string; keys: readonly string[] } | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const shown = useMemo(
    () => (held?.list === list ? inHeldOrder(rows, keyOf, held.keys) : rows),
    [rows, keyOf, held, list],
  )
  const release = () => {
    clearTimeout(timer.current)
    setHeld(null)
  }
  const hold = (event: PointerEvent) => {
    if (event.pointerType === 'touch') return
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setHeld(null), restMs)
    if (held?.list !== list) setHeld({ list, keys: shown.map(keyOf) })
  }
  useEffect(() => () => clearTimeout(timer.current), [])
  return { shown, handlers: { onPointerMove: hold, onPointerLeave: release } }
}
