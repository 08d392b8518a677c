import {
  useCallback,
  useEffect,
  useEffectEvent,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
} from 'react'
import { flushSync } from 'react-dom'
import { Virtualizer, type CustomItemComponentProps, type VirtualizerHandle } from 'virtua'
import { PressableContainer } from '../common/pressable-container.tsx'
import { carryFractions } from './carry-fractions.ts'
import { prependedCount, type ConversationRow } from './conversation-rows.ts'

/** New messages keep the list at its end when it was within this distance of it; px. */
const pinnedWithinPx = 80
/** Height of a row that is not measured yet: rather too little, so that the first rows fill the view; px. */
const guessedRowPx = 56
/** So many rows are drawn before the height of the view is known: about what is seen at first. */
const firstRows = 12
/** Rows are drawn so far beyond the view, and no further than needed in the first frame; px. */
const bufferPx = 400
const firstBufferPx = 100
/** The list opens this far above the row at which it opens; px. */
const openAbovePx = 24
/** So long after the last movement the list is at rest; ms. */
const restMs = 1200
/** What is scrolled under the header fades. */
const fade = 'linear-gradient(to bottom, transparent 0, #000 16px)'
/** Older messages are asked for when this much or less is left above; px. */
const olderWithinPx = 800

export type MessageListHandle = {
  scrollToEnd(): void
  /** Puts a row into the middle; false when it is not loaded. */
  centre(key: string): boolean
  /** Key of the row in the middle of the view: the place to come back to. */
  middleKey(): string | null
}

type MessageListProps = {
  rows: readonly ConversationRow[]
  label: string
  /** Row that is put at the top when the list opens, null for the end. */
  openAt: string | null
  /** Stays mounted: it has the focus. */
  keptKey: string | null
  hasOlder: boolean
  onNeedOlder(): void
  onAtEnd(atEnd: boolean): void
  /** Key of the first row in view. */
  onFirstVisible(key: string): void
  /** The user scrolls, or has just done so. */
  onScrolling(scrolling: boolean): void
  onKeyDown(event: KeyboardEvent): void
  scrollerRef: (element: HTMLDivElement | null) => void
  ref: Ref<MessageListHandle>
  children(row: ConversationRow): ReactNode
}

/**
 * The one place that knows how messages are laid out and scrolled. It opens at the first unread row or the end, keeps what is
 * read in place while rows are added above or below, and stays at the end while it is there.
 */
export function MessageList(props: MessageListProps) {
  const {
    rows,
    label,
    openAt,
    keptKey,
    hasOlder,
    onNeedOlder,
    onAtEnd,
    onFirstVisible,
    onScrolling,
    onKeyDown,
    scrollerRef,
    ref,
  } = props
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useRef<VirtualizerHandle>(null)
  const pinned = useRef(openAt === null)
  const restTimer = useRef<ReturnType<typeof setTimeout>>(undefined)
  /** The virtualizer has told of its view's size; what it tells next is sizes of rows. */
  const viewMeasured = useRef(false)
  const [placed, setPlaced] = useState(false)
  const [before, setBefore] = useState(rows)
  const [shift, setShift] = useState(false)
  if (before !== rows) {
    setShift(prependedCount(before, rows) > 0)
    setBefore(rows)
  }
  const setScroller = useCallback(
    (element: HTMLDivElement | null) => {
      scroller.current = element
      if (element) carryFractions(element)
      scrollerRef(element)
    },
    [scrollerRef],
  )
  const keptIndex = keptKey === null ? -1 : rows.findIndex((row) => row.key === keptKey)

  const scrollToEnd = () => {
    pinned.current = true
    // Not by the virtualizer: it would go on correcting its aim for a while, against a user who scrolls meanwhile. What is
    // measured later changes sizes, and that brings the end back into view.
    if (scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight
  }
  const centre = (key: string) => {
    const index = rows.findIndex((row) => row.key === key)
    if (index < 0) return false
    pinned.current = false
    virtualizer.current?.scrollToIndex(index, { align: 'center' })
    return true
  }
  const rowAt = (offset: number) => rows[virtualizer.current?.findItemIndex(offset) ?? -1]
  useImperativeHandle(ref, () => ({
    scrollToEnd,
    centre,
    middleKey: () => rowAt((scroller.current?.scrollTop ?? 0) + (scroller.current?.clientHeight ?? 0) / 2)?.key ?? null,
  }))

  const look = () => {
    const element = scroller.current
    if (!element) return
    onAtEnd(isNearEnd(element))
    const first = rowAt(element.scrollTop)
    if (first) onFirstVisible(first.key)
    if (hasOlder && element.scrollTop < olderWithinPx) onNeedOlder()
  }
  const lookAgain = useEffectEvent(() => look())
  const openIndex = placed || openAt === null ? -1 : rows.findIndex((row) => row.key === openAt)
  const open = () => {
    if (openIndex < 0) scrollToEnd()
    else if (scroller.current)
      scroller.current.scrollTop = (virtualizer.current?.getItemOffset(openIndex) ?? 0) - openAbovePx
  }
  const openFirst = useEffectEvent(open)
  const follow = useEffectEvent(() => {
    if (pinned.current) scrollToEnd()
  })

  // Opens where the reader should begin. Sizes are guesses until rows are drawn, so the place is taken again once they are.
  useLayoutEffect(() => openFirst(), [])
  const measured = () => {
    if (!viewMeasured.current) {
      viewMeasured.current = true
      return
    }
    open()
    if (scroller.current) pinned.current = isNearEnd(scroller.current)
    // Before the frame is painted in which the rows were measured: they are never seen elsewhere, and not a frame later.
    flushSync(() => setPlaced(true))
  }

  useLayoutEffect(() => {
    if (!placed) return undefined
    follow()
    // A page that does not fill the view leaves nothing to scroll: ask on.
    const frame = requestAnimationFrame(() => lookAgain())
    return () => cancelAnimationFrame(frame)
  }, [rows, placed])

  useEffect(() => () => clearTimeout(restTimer.current), [])

  return (
    <div
      ref={setScroller}
      role="feed"
      aria-label={label}
      aria-busy={!placed}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onWheel={() => onScrolling(true)}
      onPointerMove={(event) => (event.buttons === 0 ? undefined : onScrolling(true))}
      className="scrolls flex min-h-0 flex-1 flex-col px-[18px] max-medium:px-3"
      style={{
        // Not `visibility`: that is inherited, and every row would be styled once more.
        opacity: placed ? 1 : 0,
        maskImage: fade,
        // The oldest runtime we support knows it by its prefix only.
        WebkitMaskImage: fade,
      }}
    >
      {/* Few messages stand at the bottom. */}
      <div className="flex-1" />
      <Virtualizer
        ref={virtualizer}
        data={rows}
        as={PressableContainer}
        shift={shift}
        keepMounted={placed ? (keptIndex < 0 ? [] : [keptIndex]) : firstRange(rows.length, openIndex)}
        item={Row}
        itemSize={guessedRowPx}
        bufferSize={placed ? bufferPx : firstBufferPx}
        onResize={() => {
          if (!placed) measured()
          // The composer grows, the window is resized, a picture arrives: the end stays in view.
          else if (pinned.current && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight
        }}
        onScroll={() => {
          const element = scroller.current
          if (!element || !placed) return
          pinned.current = isNearEnd(element)
          look()
        }}
        onScrollEnd={() => {
          clearTimeout(restTimer.current)
          restTimer.current = setTimeout(() => onScrolling(false), restMs)
        }}
      >
        {(row) => (
          // As wide as if there were no scroll bar: own messages end where the composer does.
          <div key={row.key} className="w-[calc(100cqw-36px)] max-medium:w-[calc(100cqw-24px)]">
            {props.children(row)}
          </div>
        )}
      </Virtualizer>
    </div>
  )
}

/**
 * One row where the virtualizer puts it. It is out of sight until it is measured, by opacity: `visibility` is inherited, and
 * everything in the row would be styled twice.
 */
function Row({
  ref,
  style: { visibility, ...style },
  children,
}: CustomItemComponentProps & { ref?: Ref<HTMLDivElement> }) {
  return (
    <div ref={ref} style={visibility === 'hidden' ? { ...style, opacity: 0 } : style}>
      {children}
    </div>
  )
}

/** Where the list opens: at the row of that index, or at the end. */
function firstRange(count: number, openIndex: number): number[] {
  const first = Math.max(0, openIndex < 0 ? count - firstRows : openIndex - 1)
  return Array.from({ length: Math.min(firstRows, count - first) }, (_, index) => first + index)
}

function isNearEnd(element: HTMLElement): boolean {
  return element.scrollHeight - element.scrollTop - element.clientHeight <= pinnedWithinPx
}
