import { useCallback, useState } from 'react'

/**
 * How many rows of a long list are asked for: one page more each time its end comes near, from one page again when `list`
 * (a name for what is listed) changes.
 */
export function useGrowingLimit(list: string, page: number, total: number | undefined): [number, () => void] {
  const [state, setState] = useState({ list, limit: page })
  const limit = state.list === list ? state.limit : page
  const grow = useCallback(() => {
    if (total !== undefined && limit < total) setState({ list, limit: limit + page })
  }, [list, limit, page, total])
  return [limit, grow]
}
