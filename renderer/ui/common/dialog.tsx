import { X } from 'lucide-react'
import { AlertDialog as RadixAlert, Dialog as RadixDialog } from 'radix-ui'
import type { ReactNode } from 'react'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from './app-context.tsx'
import { Button, IconButton } from './button.tsx'
import { classes } from './classes.ts'
import { focusFirstField } from './focus-first-field.ts'
import { useFocusReturn } from './use-focus-return.ts'

const overlay = 'fixed inset-0 z-40 bg-[rgba(var(--shade),0.45)]'
const sheet =
  'appears fixed z-50 flex flex-col bg-pane shadow-dialog outline-none max-medium:inset-x-0 max-medium:bottom-0 ' +
  'medium:left-1/2 medium:-translate-x-1/2 medium:rounded-xl medium:border medium:border-line'

type DialogProps = {
  open: boolean
  onClose(): void
  title: string
  description?: string
  width?: 'narrow' | 'normal' | 'broad'
  children: ReactNode
}

const widths = {
  narrow: 'medium:w-[440px]',
  normal: 'medium:w-[560px]',
  broad: 'medium:w-[760px]',
} as const

/** A modal sheet; Esc and the cross close it and the focus returns to where it was. */
export function Dialog({ open, ...rest }: DialogProps) {
  return open ? <OpenDialog {...rest} /> : null
}

function OpenDialog({ onClose, title, description, width = 'normal', children }: Omit<DialogProps, 'open'>) {
  const { t } = useLanguage()
  const { platform } = useApp()
  const returnFocus = useFocusReturn()
  return (
    <RadixDialog.Root open onOpenChange={(next) => (next ? undefined : onClose())}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className={overlay} />
        <RadixDialog.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          onOpenAutoFocus={focusFirstField}
          onCloseAutoFocus={returnFocus}
          className={classes(
            sheet,
            // A window's own bar stays in sight: one can always get hold of it.
            platform.window ? 'max-medium:top-9' : 'max-medium:top-0',
            widths[width],
            'medium:top-[6vh] medium:max-h-[88vh] medium:max-w-[92vw]',
          )}
        >
          <div className="flex items-start gap-3 px-5 pt-4 pb-3">
            <div className="min-w-0 flex-1">
              <RadixDialog.Title className="text-heading font-semibold tracking-tight">{title}</RadixDialog.Title>
              {description ? (
                <RadixDialog.Description className="mt-0.5 text-ink-2">{description}</RadixDialog.Description>
              ) : null}
            </div>
            <IconButton
              label={t('common.close')}
              className="-mt-[3px] -mr-1.5 max-medium:-mt-2.5 max-medium:-mr-3"
              onClick={onClose}
            >
              <X size={18} aria-hidden="true" />
            </IconButton>
          </div>
          {children}
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  )
}

/** The row of buttons at the foot of a dialog. */
export function DialogButtons({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-5 py-3">{children}</div>
}

type ConfirmProps = {
  open: boolean
  title: string
  text?: string | undefined
  confirm: string
  cancel?: string
  danger?: boolean
  /** The customer will see what follows: the button has their colour. */
  toCustomer?: boolean
  onConfirm(): void
  onCancel(): void
  /** A choice that belongs to the answer. */
  children?: ReactNode
}

/** A question that must be answered before going on. */
export function Confirm({ open, ...rest }: ConfirmProps) {
  return open ? <OpenConfirm {...rest} /> : null
}

function OpenConfirm({
  title,
  text,
  confirm,
  cancel,
  danger = false,
  toCustomer = false,
  onConfirm,
  onCancel,
  children,
}: Omit<ConfirmProps, 'open'>) {
  const { t } = useLanguage()
  const returnFocus = useFocusReturn()
  return (
    <RadixAlert.Root open onOpenChange={(next) => (next ? undefined : onCancel())}>
      <RadixAlert.Portal>
        <RadixAlert.Overlay className={overlay} />
        <RadixAlert.Content
          {...(text ? {} : { 'aria-describedby': undefined })}
          onCloseAutoFocus={returnFocus}
          className="appears fixed top-[22vh] left-1/2 z-50 w-[420px] max-w-[92vw] -translate-x-1/2 rounded-xl border border-line bg-pane p-5 shadow-dialog"
        >
          <RadixAlert.Title className="text-title font-semibold">{title}</RadixAlert.Title>
          {text ? <RadixAlert.Description className="mt-1.5 text-ink-2">{text}</RadixAlert.Description> : null}
          {children ? <div className="mt-3">{children}</div> : null}
          <div className="mt-5 flex flex-wrap justify-end gap-2">
            <RadixAlert.Cancel asChild>
              <Button>{cancel ?? t('common.cancel')}</Button>
            </RadixAlert.Cancel>
            <RadixAlert.Action asChild>
              <Button kind={toCustomer ? 'customer' : danger ? 'danger' : 'primary'} onClick={onConfirm}>
                {confirm}
              </Button>
            </RadixAlert.Action>
          </div>
        </RadixAlert.Content>
      </RadixAlert.Portal>
    </RadixAlert.Root>
  )
}
