/** Typing can begin at once; a dialog without fields takes the focus itself, so that no button is lit up unasked. */
export function focusFirstField(event: Event): void {
  event.preventDefault()
  const content = event.currentTarget
  if (!(content instanceof HTMLElement)) return
  const fields = [...content.querySelectorAll<HTMLInputElement>('input, textarea, select')]
  const first = fields.find((field) => !field.readOnly && field.value === '') ?? fields[0]
  ;(first ?? content).focus()
}
