import { classes } from './classes.ts'

type SegmentsProps<Value extends string> = {
  label: string
  value: Value
  options: readonly { value: Value; label: string; count?: number }[]
  onChange(value: Value): void
}

/** A row of filters of which one is on. */
export function Segments<Value extends string>({ label, value, options, onChange }: SegmentsProps<Value>) {
  return (
    <div role="group" aria-label={label} className="flex gap-0.5 scrolls-unseen px-3 pb-2.5">
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
          className={classes(
            'h-7 flex-none rounded-full! px-2.5 text-small font-medium whitespace-nowrap max-medium:h-11 max-medium:px-4',
            option.value === value ? 'bg-ink text-pane' : 'text-ink-2 hover:bg-hover',
          )}
        >
          {option.label}
          {option.count ? <b className="ml-1 font-semibold">{option.count}</b> : null}
        </button>
      ))}
    </div>
  )
}
