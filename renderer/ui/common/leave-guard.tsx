import { createContext, use, useEffect, useState } from 'react'
import { navigate as changeAddress, useHashLocation } from 'wouter/use-hash-location'
import { Confirm } from './dialog.tsx'

type Leave = () => void

/** Stands between the links and the address: whoever holds something unsaved is asked before the place is left. */
type LeaveGuard = {
  /** `ask` is told how to leave once the user agreed. Returns its disposer. */
  hold(ask: (leave: Leave) => void): () => void
  /** Goes to a path, always the same function. */
  navigate: typeof changeAddress
  /** The router's hook. */
  useLocation: typeof useHashLocation & { hrefs: (path: string) => string }
}

export function createLeaveGuard(): LeaveGuard {
  let ask: ((leave: Leave) => void) | null = null
  const navigate: typeof changeAddress = (to, options) => {
    if (ask && `#${to}` !== window.location.hash) ask(() => changeAddress(to, options))
    else changeAddress(to, options)
  }
  function useLocation(): ReturnType<typeof useHashLocation> {
    const [path] = useHashLocation()
    return [path, navigate]
  }
  return {
    hold(next) {
      ask = next
      return () => {
        if (ask === next) ask = null
      }
    },
    navigate,
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
