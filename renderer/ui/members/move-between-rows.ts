import type { KeyboardEvent } from 'react'

/** Marks an element as a row that the arrow keys reach. */
export const rowMark = { 'data-row': '' } as const

const steps: Record<string, (index: number, last: number) => number> = {
  ArrowDown: (index) => index + 1,
  ArrowUp: (index) => index - 1,
  PageDown: (index, last) => Math.min(last, index + 10),
  PageUp: (index) => Math.max(0, index - 10),
  Home: () => 0,
  End: (_index, last) => last,
}

/** Arrow keys lead from the field through the rows of all lists below it and back. */
export function moveBetweenRows(event: KeyboardEvent, container: HTMLElement | null): void {
  const step = steps[event.code]
  if (!container || !step || !(event.target instanceof HTMLElement)) return
  const rows = [...container.querySelectorAll<HTMLElement>('[data-row]')]
  const field = container.querySelector<HTMLInputElement>('input')
  const inField = event.target === field
  if (inField && event.code !== 'ArrowDown') return
  const here = event.target.closest<HTMLElement>('[data-row]')
  if (!inField && !here) return
  event.preventDefault()
  const next = step(here ? rows.indexOf(here) : -1, rows.length - 1)
  if (next < 0) field?.focus()
  else rows[next]?.focus()
}
