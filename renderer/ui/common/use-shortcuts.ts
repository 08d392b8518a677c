import { useEffect, useRef } from 'react'
import { tinykeys } from 'tinykeys'

/** What a key does; `true` keeps the browser and other handlers from acting on it too. */
export type Shortcuts = Record<string, (event: KeyboardEvent) => boolean | void>

type Options = { /** Also while a field has the focus. */ inFields?: boolean }

/**
 * Keys of the whole window, named by `event.code` so that they are the same in every keyboard layout. Silent while a
 * field has the focus (unless `inFields`), while a dialog or a menu is open, and for keys that were already handled.
 */
export function useShortcuts(shortcuts: Shortcuts, { inFields = false }: Options = {}): void {
  const latest = useRef(shortcuts)
  useEffect(() => {
    latest.current = shortcuts
  })
  const names = Object.keys(shortcuts).join('\n')
  useEffect(() => {
    const bindings = names.split('\n').map((name) => [
      name,
      (event: KeyboardEvent) => {
        if (event.defaultPrevented || isLayerOpen()) return
        if (!inFields && isField(event.target)) return
        if (latest.current[name]?.(event)) event.preventDefault()
      },
    ])
    return tinykeys(window, Object.fromEntries(bindings), { ignore: () => false })
  }, [names, inFields])
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, [contenteditable="true"], [role="menu"], [role="combobox"]') !== null
  )
}

/** A dialog or menu above the panes has the keyboard for itself. */
export function isLayerOpen(): boolean {
  const layers =
    '[role="dialog"][data-state="open"], [role="dialog"][aria-modal="true"], [role="alertdialog"], [role="menu"]'
  return document.querySelector(layers) !== null
}
