import type { SceneName } from './script.ts'

export const sceneSize = { width: 640, height: 480 }

/** What people of the demonstration photograph, as SVG; no letters, for not every machine has a font. */
export function drawScene(scene: SceneName): string {
  const { width, height } = sceneSize
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 1280 960">${definitions}${scenes[scene]}<rect width="1280" height="960" fill="url(#shade)"/></svg>`
}

const definitions = `<defs>
  <radialGradient id="shade" cx="0.45" cy="0.4" r="0.8"><stop offset="0.5" stop-color="#000" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity="0.55"/></radialGradient>
  <linearGradient id="wall" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#b9b4a6"/><stop offset="1" stop-color="#7c786e"/></linearGradient>
  <linearGradient id="pipe" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#38506b"/><stop offset="0.35" stop-color="#8fb2d6"/><stop offset="1" stop-color="#1e2d3f"/></linearGradient>
  <linearGradient id="steel" x1="0" y1="0" x2="1" y2="0"><stop offset="0" stop-color="#50565c"/><stop offset="0.5" stop-color="#c3c9cf"/><stop offset="1" stop-color="#4a4f55"/></linearGradient>
  <radialGradient id="water" cx="0.5" cy="0.4" r="0.6"><stop offset="0" stop-color="#9fb6c4" stop-opacity="0.95"/><stop offset="1" stop-color="#3d4a52" stop-opacity="0.8"/></radialGradient>
</defs>`

const wall = '<rect width="1280" height="960" fill="url(#wall)"/>'

function marks(count: number, from: number, to: number): string {
  return Array.from({ length: count }, (_, index) => {
    const angle = from + ((to - from) * index) / (count - 1)
    const length = index % 5 === 0 ? 46 : 24
    return `<rect x="-3" y="-252" width="6" height="${length}" fill="#222" transform="rotate(${angle})"/>`
  }).join('')
}

const gauge = `${wall}<rect y="640" width="1280" height="170" fill="url(#pipe)"/>
  <rect x="590" y="560" width="100" height="120" fill="url(#steel)"/>
  <g transform="translate(640 380)"><circle r="320" fill="url(#steel)"/><circle r="280" fill="#f3f0e6"/>${marks(26, -135, 135)}
  <path d="M0-258A258 258 0 0 1 182 182L150 150A212 212 0 0 0 0-212Z" fill="#c0392b" opacity="0.55"/>
  <g transform="rotate(-52)"><path d="M-9 60L0-215L9 60Z" fill="#b3261e"/></g><circle r="24" fill="#333"/></g>`

const puddle = `${wall}<rect y="600" width="1280" height="360" fill="#6b675f"/>
  <rect x="0" y="250" width="460" height="150" fill="url(#pipe)"/><rect x="820" y="250" width="460" height="150" fill="url(#pipe)"/>
  <ellipse cx="640" cy="330" rx="250" ry="210" fill="url(#steel)"/><circle cx="640" cy="330" r="120" fill="#2f5d46"/>
  <rect x="560" y="520" width="160" height="130" fill="#454b50"/><ellipse cx="650" cy="770" rx="430" ry="110" fill="url(#water)"/>
  <path d="M640 560q14 40 0 52q-14-12 0-52ZM668 600q10 30 0 40q-10-10 0-40Z" fill="#bcd3e0"/><ellipse cx="560" cy="745" rx="120" ry="18" fill="#dce7ee" opacity="0.5"/>`

const seal = `<rect width="1280" height="960" fill="#8a7f6d"/><path d="M0 700L1280 560V960H0Z" fill="#6d6252"/>
  <g transform="rotate(-8 640 480)"><circle cx="470" cy="470" r="220" fill="url(#steel)"/><circle cx="470" cy="470" r="150" fill="#1c1c1e"/><circle cx="470" cy="470" r="95" fill="#8a7f6d"/>
  <path d="M330 400A150 150 0 0 1 400 338" stroke="#c9b27a" stroke-width="14" fill="none"/>
  <circle cx="880" cy="520" r="180" fill="#23262a"/><circle cx="880" cy="520" r="112" fill="#8a7f6d"/><path d="M735 440l46 30M770 620l36-34M1010 430l-34 34" stroke="#c6c9cc" stroke-width="8"/></g>`

const panel = `${wall}<rect x="260" y="60" width="760" height="840" rx="16" fill="#d5d7d6"/><rect x="300" y="100" width="680" height="760" fill="#2b2e31"/>
  ${[180, 400, 620].map((y) => Array.from({ length: 10 }, (_, at) => `<rect x="${330 + at * 63}" y="${y}" width="54" height="150" rx="4" fill="#eceae4"/><rect x="${344 + at * 63}" y="${y + (at === 6 && y === 400 ? 80 : 40)}" width="26" height="36" fill="${at === 6 && y === 400 ? '#c0392b' : '#20476b'}"/>`).join('')).join('')}
  <path d="M340 120C500 160 420 170 640 130S900 170 960 120" stroke="#c0842b" stroke-width="10" fill="none"/><path d="M340 820C540 780 700 860 940 800" stroke="#1f6f3f" stroke-width="10" fill="none"/>`

const rollers = `<rect width="1280" height="960" fill="#4d5256"/><rect y="300" width="1280" height="120" fill="url(#steel)"/>
  ${[330, 900].map((x) => `<circle cx="${x}" cy="450" r="130" fill="#202326"/><circle cx="${x}" cy="450" r="60" fill="url(#steel)"/><circle cx="${x}" cy="450" r="18" fill="#111"/>`).join('')}
  <path d="M805 400l60 40l-20 60l80 30l-30 50" stroke="#d8d2c4" stroke-width="12" fill="none"/><path d="M0 640H1280" stroke="#17191b" stroke-width="46"/><path d="M0 640H1280" stroke="#3a3f44" stroke-width="8" stroke-dasharray="22 14"/>`

const scenes: Record<SceneName, string> = { gauge, puddle, seal, panel, rollers }
