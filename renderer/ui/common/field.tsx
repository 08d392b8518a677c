import { useId, type ReactNode } from 'react'
import { classes } from './classes.ts'

/** Looks of a control that takes text or a choice. */
export const controlClasses =
  'w-full rounded-[7px] border border-control-line bg-pane px-2.5 text-ink h-[34px] max-medium:h-11 ' +
  'aria-[invalid=true]:border-bad disabled:opacity-60'

type FieldProps = {
  label: string
  hint?: string | undefined
  error?: string | undefined
  required?: string | undefined
  className?: string
  /** Draws the control with the attributes that tie it to its label and messages. */
  children(attributes: ControlAttributes): ReactNode
}
export type ControlAttributes = {
  id: string
  'aria-invalid': boolean
  'aria-describedby': string | undefined
  'aria-required': boolean
}

/** A labelled control with its hint and its error in words. */
export function Field({ label, hint, error, required, className, children }: FieldProps) {
  const id = useId()
  const noteId = `${id}-note`
  const note = error ?? hint
  return (
    <div className={classes('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className="text-small font-medium text-ink-2">
        {label}
        {required ? <span className="ml-1.5 font-normal text-ink-3">{required}</span> : null}
      </label>
      {children({
        id,
        'aria-invalid': error !== undefined,
        'aria-describedby': note ? noteId : undefined,
        'aria-required': required !== undefined,
      })}
      {note ? (
        <p id={noteId} className={classes('text-note', error ? 'font-medium text-bad' : 'text-ink-3')}>
          {note}
        </p>
      ) : null}
    </div>
  )
}
