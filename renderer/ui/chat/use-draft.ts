import { useCallback, useEffect, useRef, useState } from 'react'
import type { RoomName } from '#common/domain/ids.ts'
import type { DraftFile, RefusedFile } from '../../data/media-api.ts'
import { useApp } from '../common/app-context.tsx'
import { useWatched } from '../common/use-watched.ts'

/** A pause in typing after which the draft is written down; ms. */
const pauseMs = 400
/** Writing goes on without a pause: the draft is written down at least this often; ms. */
const atLeastMs = 900
/** When writing down failed it is tried again after this; ms. */
const retryMs = 2000

type Draft = {
  text: string
  /** False until the stored draft has been read. */
  ready: boolean
  /** The disk took what was typed. */
  saved: boolean
  setText(text: string): void
  /** The text as it is by now, for who waited: the chat may have been left, and written in by another opening of it. */
  latestText(): string
  hasLeft(): boolean
  files: readonly DraftFile[]
  /** Photos are sent as they were picked. */
  originals: boolean
  /** What could not be attached. */
  refused: readonly RefusedFile[]
}

const none: readonly never[] = []

/** The unsent text of a chat, written down while it is typed. The caller lives as long as the chat is open. */
export function useDraft(room: RoomName): Draft {
  const { data } = useApp()
  const stored = useWatched('draft', { room })
  // What was typed and is not yet in the stored draft; null: show the stored one.
  const [typed, setTyped] = useState<string | null>(null)
  const [failed, setFailed] = useState(false)
  const [saving, setSaving] = useState(0)
  const pending = useRef<{ text: string; since: number } | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const left = useRef(false)

  if (typed !== null && saving === 0 && !failed && stored?.text === typed) setTyped(null)

  const save = useCallback(() => {
    clearTimeout(timer.current)
    const waiting = pending.current
    if (!waiting) return
    pending.current = null
    setSaving((count) => count + 1)
    void data.act.saveDraft({ room, text: waiting.text }).then((result) => {
      setSaving((count) => count - 1)
      setFailed(!result.ok)
      if (result.ok || pending.current) return
      pending.current = waiting
      const now = data.watch('draft', { room })
      const stop = now.subscribe(() => {})
      setTimeout(() => {
        const present = now.get()?.text ?? waiting.text
        stop()
        if (pending.current !== waiting) return
        // The chat was left and opened again: what was typed then is newer.
        if (left.current && present !== waiting.text) pending.current = null
        else saveAgain.current()
      }, retryMs)
    })
  }, [data, room])
  const saveAgain = useRef(save)
  useEffect(() => {
    saveAgain.current = save
  }, [save])

  const setText = useCallback(
    (text: string) => {
      setTyped(text)
      const now = performance.now()
      pending.current = { text, since: pending.current?.since ?? now }
      clearTimeout(timer.current)
      if (left.current) save()
      else timer.current = setTimeout(save, Math.max(0, Math.min(pauseMs, pending.current.since + atLeastMs - now)))
    },
    [save],
  )

  useEffect(() => {
    left.current = false
    window.addEventListener('pagehide', save)
    return () => {
      left.current = true
      window.removeEventListener('pagehide', save)
      save()
    }
  }, [save])

  const text = typed ?? stored?.text ?? ''
  const latest = useRef(text)
  useEffect(() => {
    latest.current = text
  })
  return {
    text,
    ready: stored !== undefined,
    saved: !failed && stored?.saved !== false,
    setText,
    latestText: () => (left.current ? data.watch('draft', { room }).get()?.text : undefined) ?? latest.current,
    hasLeft: () => left.current,
    files: stored?.files ?? none,
    originals: stored?.originals ?? false,
    refused: stored?.refused ?? none,
  }
}
