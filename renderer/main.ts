/** Composition root of the window: the machine, the data, the screens. The data's worker starts while the screens load. */
import { startData } from './data/start.ts'
import { createDesktopPlatform } from './platform/desktop.ts'
import './ui/styles/app.css'

const element = document.querySelector('#root')
if (!element) throw new Error('index.html has no element #root')

const screens = import('./ui/screens.tsx')
const platform = window.naryad && createDesktopPlatform(window.naryad)

async function start(root: Element): Promise<void> {
  if (!platform) return (await screens).showStartFailed(root)
  const data = startData({ platform })
  try {
    const [information, initialSettings] = await Promise.all([platform.information(), platform.settings.read()])

    await screens

    await screens
    ;(await screens).showApp(root, { data, platform, information, initialSettings })
  } catch (error) {
    ;(await screens).showStartFailed(root)
    throw error
  }
}

void start(element)
