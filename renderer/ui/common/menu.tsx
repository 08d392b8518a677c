import { Check } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import { classes } from './classes.ts'

/** Looks of everything that floats above the panes. */
export const floating = 'appears z-50 rounded-lg border border-line bg-pane p-1 text-ink shadow-pop outline-none'

const item =
  'relative flex min-h-8 cursor-default items-center gap-2.5 rounded-md px-2.5 py-1 outline-none select-none max-medium:min-h-11 ' +
  'data-[highlighted]:bg-hover data-[disabled]:opacity-50'

type MenuProps = {
  trigger: ReactNode
  children: ReactNode
  align?: 'start' | 'end'
  side?: 'top' | 'right' | 'bottom' | 'left'
  open?: boolean
  onOpenChange?(open: boolean): void
  /** Runs instead of the return of the focus to the trigger. */
  onCloseFocus?(): boolean
}

/** A button's menu. `trigger` is one element that can be pressed. */
export function Menu({ trigger, children, align = 'end', side, open, onOpenChange, onCloseFocus }: MenuProps) {
  return (
    // Not modal: hiding the rest of the page from screen readers while its controls keep their places in it helps nobody.
    <DropdownMenu.Root
      modal={false}
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange ? { onOpenChange } : {})}
    >
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          {...(side ? { side } : {})}
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={(event) => {
            if (onCloseFocus?.()) event.preventDefault()
          }}
          className={classes(floating, 'scrolls max-h-(--radix-dropdown-menu-content-available-height) min-w-48')}
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

type MenuItemProps = { icon?: ReactNode; danger?: boolean; onSelect(): void; children: ReactNode }

export function MenuItem({ icon, danger = false, onSelect, children }: MenuItemProps) {
  return (
    <DropdownMenu.Item onSelect={onSelect} className={classes(item, danger && 'text-bad')}>
      {icon}
      {children}
    </DropdownMenu.Item>
  )
}

type MenuChoiceProps<Value extends string> = {
  label: string
  value: Value
  options: readonly { value: Value; label: ReactNode }[]
  onChange(value: Value): void
}

/** One choice of several under a heading. */
export function MenuChoice<Value extends string>({ label, value, options, onChange }: MenuChoiceProps<Value>) {
  return (
    <DropdownMenu.RadioGroup value={value} aria-label={label}>
      <MenuHeading>{label}</MenuHeading>
      {options.map((option) => (
        <DropdownMenu.RadioItem
          key={option.value}
          value={option.value}
          onSelect={() => onChange(option.value)}
          className={classes(item, 'pl-8')}
        >
          <DropdownMenu.ItemIndicator className="absolute left-2.5">
            <Check size={15} aria-hidden="true" />
          </DropdownMenu.ItemIndicator>
          {option.label}
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  )
}

type MenuCheckProps = { checked: boolean; onChange(checked: boolean): void; children: ReactNode }

/** A box in a menu that stays open while several are ticked. */
export function MenuCheck({ checked, onChange, children }: MenuCheckProps) {
  return (
    <DropdownMenu.CheckboxItem
      checked={checked}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
      className={classes(item, 'pl-8')}
    >
      <span
        aria-hidden="true"
        className={classes(
          'absolute left-2.5 grid size-4 place-items-center rounded-[4px] border-[1.5px]',
          checked ? 'border-accent bg-accent text-accent-ink' : 'border-control-line',
        )}
      >
        {checked ? <Check size={11} strokeWidth={3.5} /> : null}
      </span>
      {children}
    </DropdownMenu.CheckboxItem>
  )
}

export function MenuHeading({ children }: { children: ReactNode }) {
  return (
    <DropdownMenu.Label className="px-2.5 pt-2 pb-1 text-note font-semibold text-ink-2">{children}</DropdownMenu.Label>
  )
}

export function MenuLine() {
  return <DropdownMenu.Separator className="my-1 h-px bg-line" />
}
