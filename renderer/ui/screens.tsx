import type { ComponentProps } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './shell/app.tsx'
import { StartFailedScreen } from './shell/start-failed-screen.tsx'

/** Everything that is to be seen: a part of the bundle of its own, which loads while the data starts. */
export function showApp(element: Element, properties: ComponentProps<typeof App>): void {
  createRoot(element).render(<App {...properties} />)
}

export function showStartFailed(element: Element): void {
  createRoot(element).render(<StartFailedScreen />)
}
