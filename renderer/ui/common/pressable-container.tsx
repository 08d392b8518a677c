import type { Ref } from 'react'
import type { CustomContainerComponentProps } from 'virtua'

/**
 * What a virtualizer puts its rows into. Its own takes no clicks while it is scrolled and for 150 ms after: whoever stops the
 * wheel and presses at once would press in vain.
 */
export function PressableContainer({
  ref,
  style: { pointerEvents: _, ...style },
  children,
}: CustomContainerComponentProps & { ref?: Ref<HTMLDivElement> }) {
  return (
    <div ref={ref} style={style}>
      {children}
    </div>
  )
}
