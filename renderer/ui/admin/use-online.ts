import { useCallback, useEffect, useState } from 'react'
import type { Online, OnlineFailure } from '../../data/api.ts'
import type { Translate } from '../../i18n/messages.ts'
import { refusalText } from '../common/refusal-text.ts'
import { useWatched } from '../common/use-watched.ts'

export type Asked<Value> =
  { state: 'asking' } | { state: 'answered'; value: Value } | { state: 'failed'; failure: OnlineFailure }

/**
 * Asks the server once for each `key`, and again when the connection comes back or `again` is called. `null` for `ask`: not
 * yet. Without a connection it has failed at once: nobody waits for an answer that can't come.
 */
export function useOnline<Value>(key: string, ask: (() => Online<Value>) | null): [Asked<Value>, again: () => void] {
  const online = useWatched('connection', null)?.state !== 'offline'
  const [turn, setTurn] = useState(0)
  const question = `${key} ${turn} ${online}`
  const [answer, setAnswer] = useState<{ question: string; asked: Asked<Value> } | null>(null)
  useEffect(() => {
    if (!ask || !online) return undefined
    let wanted = true
    void ask().then((result) => {
      if (!wanted) return
      setAnswer({
        question,
        asked: result.ok ? { state: 'answered', value: result.value } : { state: 'failed', failure: result.reason },
      })
    })
    return () => {
      wanted = false
    }
    // `question` stands for `ask`, which is another function at each rendering.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [question])
  const again = useCallback(() => setTurn((before) => before + 1), [])
  if (answer?.question === question) return [answer.asked, again]
  return [online ? { state: 'asking' } : { state: 'failed', failure: { kind: 'offline' } }, again]
}

/** Why the server did not do something, in the user's words. */
export function onlineFailureText(t: Translate, failure: OnlineFailure): string {
  return failure.kind === 'offline' ? t('admin.offline.text') : refusalText(t, failure.refusal)
}
