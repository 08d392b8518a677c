import { classes } from './classes.ts'

/** A count on a rounded ground; nothing at 0. What it counts must be told by the element around it. */
export function Badge({ count, className }: { count: number; className?: string }) {
  if (count === 0) return null
  return (
    <span
      className={classes(
        'inline-grid h-[18px] min-w-[18px] flex-none place-items-center rounded-full px-[5px] text-[11px] leading-none font-[650]',
        className ?? 'bg-accent text-accent-ink',
      )}
    >
      {count > 999 ? '999+' : count}
    </span>
  )
}
