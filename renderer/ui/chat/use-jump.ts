import { useCallback, useEffect, useRef, useState, type RefObject } from 'react'
import type { Seq } from '#common/domain/ids.ts'
import type { ConversationSnapshot } from '../../data/api.ts'
import type { ConversationRow } from './conversation-rows.ts'
import type { MessageListHandle } from './message-list.tsx'

/** How long the message jumped to is pointed out; ms. */
const pointedOutMs = 2000

type JumpInput = {
  list: RefObject<MessageListHandle | null>
  rows: readonly ConversationRow[]
  conversation: ConversationSnapshot
  onNeedOlder(atLeast?: number): void
}

/** Going to a message by its seq, also one not loaded yet, and back to where one came from. */
export function useJump({ list, rows, conversation, onNeedOlder }: JumpInput) {
  const [wanted, setWanted] = useState<Seq | null>(null)
  const [pointedOut, setPointedOut] = useState<string | null>(null)
  const [origin, setOrigin] = useState<string | null>(null)
  const asked = useRef<Seq | null>(null)

  const jumpTo = useCallback(
    (seq: Seq) => {
      setOrigin(list.current?.middleKey() ?? null)
      setWanted(seq)
    },
    [list],
  )

  useEffect(() => {
    if (wanted === null) return
    const target = rows.find((row) => row.kind === 'message' && row.item.seq === wanted)
    if (target) {
      list.current?.centre(target.key)
      setPointedOut(target.key)
      setWanted(null)
      asked.current = null
    } else if (conversation.hasOlder && asked.current !== wanted) {
      asked.current = wanted
      onNeedOlder(conversation.lastSeq - wanted + 30)
    } else if (!conversation.hasOlder) setWanted(null)
  }, [wanted, rows, conversation, list, onNeedOlder])

  useEffect(() => {
    if (pointedOut === null) return undefined
    const timer = setTimeout(() => setPointedOut(null), pointedOutMs)
    return () => clearTimeout(timer)
  }, [pointedOut])

  const back =
    origin === null
      ? null
      : () => {
          list.current?.centre(origin)
          setOrigin(null)
        }
  return { jumpTo, pointedOut, back, forget: () => setOrigin(null) }
}
