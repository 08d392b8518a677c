import { useRef, type KeyboardEvent, type PointerEvent } from 'react'

type PaneResizerProps = {
  label: string
  /** Width of the pane at its left, px. */
  width: number
  min: number
  max: number
  onResize(width: number): void
  /** The width is to be kept. */
  onDone(width: number): void
}

const keyStepPx = 16

/** The edge of a pane, dragged or moved with the arrow keys. */
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
      className="relative z-20 -mx-[3px] w-[6px] flex-none cursor-col-resize touch-none hover:bg-accent-line"
    />
  )
}
