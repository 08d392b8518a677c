import './clock.ts'
import { createRoot } from 'react-dom/client'
import { App } from '#renderer/ui/shell/app.tsx'
import '#renderer/ui/styles/app.css'
import { createFakeData } from '../fake-data.ts'
import { createFakePlatform } from '../fake-platform.ts'
import { scenes } from '../scenes.ts'
import { createWorld } from '../world.ts'

/** The real interface over a world in memory: `?scene=offline&theme=dark&lang=en`. Used by tests; not part of the product. */
const query = new URLSearchParams(window.location.search)
const scene = scenes[query.get('scene') ?? 'chat']
if (!scene) throw new Error('no such scene')
const data = createFakeData(createWorld({ now: Date.now(), ...scene.world }))
scene.prepare?.(data)
const platform = createFakePlatform(
  {
    theme: query.get('theme') === 'dark' ? 'dark' : 'light',
    language: query.get('lang') === 'en' ? 'en' : 'ru',
    servers: [
      { url: 'https://naryad.example.ru', login: 'kovaleva' },
      { url: 'http://127.0.0.1:8080', login: 'dispatcher' },
    ],
    ...scene.settings,
  },
  { keyring: query.get('keyring') !== 'no' },
  data.calls,
)
window.location.hash = scene.path
Object.assign(window, { fake: data })

const element = document.querySelector('#root')
if (!element) throw new Error('index.html has no element #root')
createRoot(element).render(
  <App
    data={data}
    platform={platform}
    information={await platform.information()}
    initialSettings={await platform.settings.read()}
  />,
)
