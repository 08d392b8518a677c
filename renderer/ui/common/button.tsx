import type { ComponentProps, ReactNode } from 'react'
import { classes } from './classes.ts'

const kinds = {
  plain: 'border border-line bg-pane text-ink hover:bg-hover',
  primary: 'bg-accent text-accent-ink hover:brightness-110',
  danger: 'bg-bad-soft text-bad border border-transparent hover:border-bad',
  customer: 'bg-customer-button text-customer-ink hover:brightness-110',
  link: 'px-0! text-accent hover:underline underline-offset-2',
} as const

type ButtonProps = ComponentProps<'button'> & { kind?: keyof typeof kinds; large?: boolean }

export function Button({ kind = 'plain', large = false, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classes(
        'inline-flex flex-none items-center justify-center gap-1.5 rounded-[7px] px-3 font-[550] whitespace-nowrap',
        'disabled:cursor-not-allowed disabled:opacity-60',
        large ? 'h-10 max-medium:h-11' : 'h-[30px] max-medium:h-11',
        kinds[kind],
        className,
      )}
    />
  )
}

type IconButtonProps = ComponentProps<'button'> & { label: string; children: ReactNode }

/** A button that shows only an icon; `label` names it for everybody. */
export function IconButton({ label, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={classes(
        'grid size-[30px] flex-none place-items-center rounded-[7px] text-ink-2 hover:bg-hover hover:text-ink max-medium:size-11',
        'disabled:cursor-not-allowed disabled:opacity-50',
        className,
      )}
    />
  )
}
