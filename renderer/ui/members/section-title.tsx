import type { ReactNode } from 'react'

/** Heading of a list; it stays in sight while its list is scrolled. */
export function SectionTitle({ children }: { children: ReactNode }) {
  return (
    <h3 className="sticky top-0 z-10 bg-pane px-2.5 pt-3 pb-1.5 text-[11.5px] font-[650] tracking-wide text-ink-2">
      {children}
    </h3>
  )
}
