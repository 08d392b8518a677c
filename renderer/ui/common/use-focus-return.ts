import { useState } from 'react'

/**
 * A layer that is opened by state has no trigger that the library would give the focus back to. For `onCloseAutoFocus`; the
 * component is mounted when the layer opens.
 */
export function useFocusReturn(): (event: Event) => void {
  const [opener] = useState(() => openerOf(document.activeElement))
  return (event) => {
    event.preventDefault()
    // What follows from the answer may have taken the focus already.
    if (document.activeElement === null || document.activeElement === document.body)
      opener?.focus({ preventScroll: true })
  }
}

/**
 * An entry of a menu is gone by then: its menu's button stands for it. For the button of a message the message does, which
 * stays in its place when it is deleted and loses the button.
 */
function openerOf(element: Element | null): HTMLElement | null {
  const button = element?.closest('[role=menu]')?.getAttribute('aria-labelledby')
  const trigger = button ? document.querySelector(`#${CSS.escape(button)}`) : null
  const opener = trigger ? (trigger.closest('article') ?? trigger) : element
  return opener instanceof HTMLElement ? opener : null
}
