import { useRef, type KeyboardEvent, type PointerEvent } from 'react'

type PaneResizerProps = {
  label: string
  /** Width of the pane, px. */
  width: number
  min: number
  max: number
  onResize(width: number): void
  /** The width is to be kept. */
  onDone(width: number): void
}

const keyStepPx = 16

/** The right edge of a pane around it, dragged or moved with the arrow keys. */
export function PaneResizer({ label, width, min, max, onResize, onDone }: PaneResizerProps) {
  const dragged = useRef<{ fromX: number; fromWidth: number } | null>(null)
  const bounded = (wanted: number) => Math.round(Math.max(min, Math.min(max, wanted)))
  const widthAt = (event: PointerEvent) =>
    dragged.current ? bounded(dragged.current.fromWidth + event.clientX - dragged.current.fromX) : width
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.code === 'ArrowRight' ? keyStepPx : event.code === 'ArrowLeft' ? -keyStepPx : 0
    if (step === 0) return
    event.preventDefault()
    onDone(bounded(width + step))
  }
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        dragged.current = { fromX: event.clientX, fromWidth: width }
      }}
      onPointerMove={(event) => (dragged.current ? onResize(widthAt(event)) : undefined)}
      onPointerUp={(event) => {
        const next = widthAt(event)
        dragged.current = null
        onDone(next)
      }}
      onLostPointerCapture={() => {
        dragged.current = null
      }}
      className="absolute inset-y-0 -right-[3px] z-20 w-[6px] cursor-col-resize touch-none hover:bg-accent-line"
    />
  )
}
