import { Search } from 'lucide-react'
import type { ReactNode } from 'react'
import { classes } from '../common/classes.ts'

/** Looks of the cells of the administration's tables. */
export const headCell =
  'sticky top-0 z-10 h-8 border-b border-line bg-pane px-2.5 text-left text-note font-semibold text-ink-2 first:pl-[18px] last:pr-[18px]'
export const bodyCell = 'border-b border-line-soft px-2.5 py-2 align-middle first:pl-[18px] last:pr-[18px]'
/** Looks of a row that is a card, on a phone. */
export const card = 'rounded-xl border border-line p-3.5'

type FilterSelectProps = {
  label: string
  value: string
  options: readonly { value: string; label: string }[]
  onChange(value: string): void
}

/** A filter with one choice; coloured while it narrows, which is when its value is not ''. */
export function FilterSelect({ label, value, options, onChange }: FilterSelectProps) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={classes(
        'h-[30px] max-w-56 min-w-0 rounded-[7px] border px-2 font-medium max-wide:max-w-44 max-medium:h-11 max-medium:max-w-none max-medium:flex-[1_1_45%]',
        value === '' ? 'border-line bg-pane text-ink-2 hover:bg-hover' : 'border-accent-line bg-selected text-accent',
      )}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value} className="bg-pane text-ink">
          {option.label}
        </option>
      ))}
    </select>
  )
}

export function SearchInput({
  label,
  value,
  onChange,
}: {
  label: string
  value: string
  onChange(value: string): void
}) {
  return (
    <span className="relative max-w-72 min-w-0 flex-[1_1_160px] max-medium:max-w-none max-medium:basis-full">
      <Search size={15} aria-hidden="true" className="absolute top-1/2 left-2.5 -translate-y-1/2 text-ink-3" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="h-[30px] w-full rounded-[7px] border border-control-line bg-pane pr-2 pl-8 max-medium:h-11"
      />
    </span>
  )
}

/** What stands above a list: search and filters, how many there are, what can be made. */
export function Toolbar({ children }: { children: ReactNode }) {
  return (
    <div className="flex flex-none flex-wrap items-center gap-2 border-b border-line px-[18px] py-2.5 max-medium:px-3">
      {children}
    </div>
  )
}

/** The part of a screen that scrolls; reached by the keyboard too. */
export function Scroller({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    <div
      tabIndex={0}
      role="region"
      aria-label={label}
      className={classes('scrolls relative min-h-0 flex-1 -outline-offset-2!', className)}
    >
      {children}
    </div>
  )
}
