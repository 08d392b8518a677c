import { createRoot } from 'react-dom/client'
import { startData } from './data/start.ts'
import { createDesktopPlatform } from './platform/desktop.ts'
import type { Platform } from './platform/platform.ts'
import { App } from './ui/shell/app.tsx'
import { StartFailedScreen } from './ui/shell/start-failed-screen.tsx'
import './ui/styles/app.css'

/** Composition root of the window: the machine, the data, the screens. */
async function start(root: ReturnType<typeof createRoot>, platform: Platform): Promise<void> {
  const [information, initialSettings] = await Promise.all([platform.information(), platform.settings.read()])
  const data = startData({ platform })
  root.render(<App data={data} platform={platform} information={information} initialSettings={initialSettings} />)
}

const element = document.querySelector('#root')
if (!element) throw new Error('index.html has no element #root')
const root = createRoot(element)
if (window.naryad) {
  start(root, createDesktopPlatform(window.naryad)).catch((error: unknown) => {
    root.render(<StartFailedScreen />)
    throw error
  })
} else root.render(<StartFailedScreen />)
