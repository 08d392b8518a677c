import { createContext, use, useCallback, useEffect, useState } from 'react'
import { useHashLocation } from 'wouter/use-hash-location'
import { Confirm } from './dialog.tsx'

type Leave = () => void

/** Stands between the links and the address: whoever holds something unsaved is asked before the place is left. */
type LeaveGuard = {
  /** `ask` is told how to leave once the user agreed. Returns its disposer. */
  hold(ask: (leave: Leave) => void): () => void
  /** The router's hook. */
  useLocation: typeof useHashLocation & { hrefs: (path: string) => string }
}

export function createLeaveGuard(): LeaveGuard {
  let ask: ((leave: Leave) => void) | null = null
  function useLocation(): ReturnType<typeof useHashLocation> {
    const [path, navigate] = useHashLocation()
    const guarded = useCallback<typeof navigate>(
      (to, options) => {
        if (ask && to !== path) ask(() => navigate(to, options))
        else navigate(to, options)
      },
      [path, navigate],
    )
    return [path, guarded]
  }
  return {
    hold(next) {
      ask = next
      return () => {
        if (ask === next) ask = null
      }
    },
    useLocation: Object.assign(useLocation, { hrefs: (path: string) => `#${path}` }),
  }
}

export const LeaveGuardContext = createContext<LeaveGuard | null>(null)

type LeaveQuestionProps = {
  /** Something would be lost now. */
  held: boolean
  title: string
  text: string
  confirm: string
  cancel: string
}

/** Asks before the present place is left while something is unsaved. */
export function LeaveQuestion({ held, ...words }: LeaveQuestionProps) {
  const guard = use(LeaveGuardContext)
  const [leave, setLeave] = useState<Leave | null>(null)
  useEffect(() => (held ? guard?.hold((next) => setLeave(() => next)) : undefined), [guard, held])
  return (
    <Confirm
      {...words}
      open={leave !== null}
      danger
      onConfirm={() => {
        setLeave(null)
        leave?.()
      }}
      onCancel={() => setLeave(null)}
    />
  )
}
