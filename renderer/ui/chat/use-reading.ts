import { useCallback, useEffect, useRef } from 'react'
import type { Seq } from '#common/domain/ids.ts'
import { isLayerOpen } from '../common/use-shortcuts.ts'
import { isWindowFocused } from '../common/use-window-focus.ts'
import { createReadingTracker, type ReadingTracker } from './reading-tracker.ts'

/** How often what is in view is looked at; ms. */
const lookMs = 250
/** A message counts as in view when this part of it is, or when it fills this part of the view. */
const partInView = 0.6

type Reading = {
  /** Give it the scrolling element. */
  setRoot(element: HTMLElement | null): void
  /** Follow the element of a message; returns what ends it, for a `ref`. */
  follow(seq: Seq): (element: HTMLElement | null) => (() => void) | undefined
}

/**
 * Calls `onRead` with the highest seq that was before the user for a second: window focused, nothing above the panes, message
 * in view.
 */
export function useReading(onRead: (seq: Seq) => void): Reading {
  const tracker = useRef<ReadingTracker>(undefined)
  tracker.current ??= createReadingTracker()
  const observer = useRef<IntersectionObserver>(undefined)
  const followed = useRef(new Map<Element, Seq>())
  const latest = useRef(onRead)
  useEffect(() => {
    latest.current = onRead
  })

  const setRoot = useCallback((root: HTMLElement | null) => {
    observer.current?.disconnect()
    observer.current = undefined
    if (!root) return
    observer.current = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          const seq = followed.current.get(entry.target)
          if (seq === undefined) continue
          const filled = entry.intersectionRect.height / Math.max(1, entry.rootBounds?.height ?? 1)
          tracker.current?.setVisible(seq, entry.intersectionRatio >= partInView || filled >= partInView)
        }
      },
      { root, threshold: [0, 0.2, 0.4, partInView, 0.8, 1] },
    )
    for (const element of followed.current.keys()) observer.current.observe(element)
  }, [])

  const follow = useCallback(
    (seq: Seq) => (element: HTMLElement | null) => {
      if (!element) return undefined
      followed.current.set(element, seq)
      observer.current?.observe(element)
      return () => {
        followed.current.delete(element)
        observer.current?.unobserve(element)
        tracker.current?.setVisible(seq, false)
      }
    },
    [],
  )

  useEffect(() => {
    const timer = setInterval(() => {
      const seq = tracker.current?.look(performance.now(), isWindowFocused() && !isLayerOpen())
      if (seq !== undefined) latest.current(seq)
    }, lookMs)
    return () => clearInterval(timer)
  }, [])

  return { setRoot, follow }
}
