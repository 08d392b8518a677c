import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { classes } from './classes.ts'

const tones = {
  plain: 'peer-checked:border-accent peer-checked:bg-accent peer-checked:text-accent-ink',
  team: 'peer-checked:border-team peer-checked:bg-team peer-checked:text-pane',
  customer: 'peer-checked:border-customer-button peer-checked:bg-customer-button peer-checked:text-customer-ink',
} as const

type CheckBoxProps = {
  checked: boolean
  onChange(checked: boolean): void
  /** Whom it concerns, where that has a colour. */
  tone?: keyof typeof tones
  className?: string
  children: ReactNode
}

/** A box to tick with its words. */
export function CheckBox({ checked, onChange, tone = 'plain', className, children }: CheckBoxProps) {
  return (
    <label
      className={classes('flex min-h-6 cursor-pointer items-center gap-2 text-ink-2 max-medium:min-h-11', className)}
    >
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
        className="peer sr-only"
      />
      <span
        aria-hidden="true"
        className={classes(
          'chip grid size-4 flex-none place-items-center rounded-[4px] border-[1.5px] border-control-line text-transparent',
          'peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent',
          tones[tone],
        )}
      >
        <Check size={11} strokeWidth={3.5} />
      </span>
      <span className="min-w-0">{children}</span>
    </label>
  )
}
