import { useEffect } from 'react'
import { createRoot } from 'react-dom/client'

function Empty() {
  useEffect(() => {
    performance.mark('list-ready')
  }, [])
  return <p>Ready</p>
}

const root = document.querySelector('#root')
if (root) createRoot(root).render(<Empty />)
