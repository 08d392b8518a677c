import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

type EmptyStateProps = {
  icon: LucideIcon
  title: string
  text?: string
  /** `h1` where nothing else heads the page. */
  titleAs?: 'p' | 'h1'
  children?: ReactNode
}

/** What stands where there is nothing to show, and why. */
export function EmptyState({ icon: Icon, title, text, titleAs: Title = 'p', children }: EmptyStateProps) {
  return (
    <div className="grid flex-1 place-content-center justify-items-center gap-2 p-8 text-center">
      <span className="mb-1 grid size-14 place-items-center rounded-full bg-hover text-ink-3">
        <Icon size={26} strokeWidth={1.5} aria-hidden="true" />
      </span>
      <Title className="text-title font-semibold">{title}</Title>
      {text ? <p className="max-w-80 text-ink-2">{text}</p> : null}
      {children}
    </div>
  )
}
