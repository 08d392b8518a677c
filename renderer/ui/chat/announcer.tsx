import { useEffect, useRef, useState } from 'react'
import type { ConversationItem } from '../../data/api.ts'
import type { Translate } from '../../i18n/messages.ts'
import { useLanguage } from '../../i18n/language.tsx'

/** Messages that come within this time are announced as one; ms. */
const mergeMs = 1200

/** Tells the reader of a screen what arrives in the open chat, apart from the list that it may be reading. */
export function Announcer({ items }: { items: readonly ConversationItem[] }) {
  const { t } = useLanguage()
  const [lines, setLines] = useState<string[]>([])
  const known = useRef(newestSeq(items))
  const waiting = useRef<{ name: string; text: string }[]>([])
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => {
    const fresh = items.filter(
      (item) => item.kind === 'message' && !item.own && !item.deleted && item.seq !== null && item.seq > known.current,
    )
    known.current = Math.max(known.current, newestSeq(items))
    if (fresh.length === 0) return
    for (const item of fresh)
      if (item.kind === 'message') waiting.current.push({ name: item.authorName, text: item.text })
    timer.current ??= setTimeout(() => {
      const arrived = waiting.current.splice(0)
      timer.current = undefined
      setLines((before) => [...before, announcement(t, arrived)].slice(-3))
    }, mergeMs)
  }, [items, t])
  useEffect(() => () => clearTimeout(timer.current), [])
  return (
    <div role="log" aria-live="polite" className="sr-only">
      {lines.map((line, index) => (
        <p key={`${index} ${line}`}>{line}</p>
      ))}
    </div>
  )
}

function announcement(t: Translate, arrived: { name: string; text: string }[]): string {
  const [only] = arrived
  return arrived.length === 1 && only ? t('chat.announce', only) : t('chat.announce.many', { count: arrived.length })
}

function newestSeq(items: readonly ConversationItem[]): number {
  return items.reduce((newest, item) => Math.max(newest, item.seq ?? 0), 0)
}
