import { rgbaToThumbHash } from 'thumbhash'
import type { Attachment } from '#common/domain/message.ts'
import type { World } from './world.ts'

/** A picture that the page draws itself: `url` for `src`, `thumbhash` for the colours before it. */
type DrawnPicture = { url: string; thumbhash: string; width: number; height: number }

type Sides = { width: number; height: number }
const drawn = new Map<string, DrawnPicture>()

/** A gauge, a pipe, a beam or cables, by number; the same for the same number and sides. */
export function drawPicture(number: number, { width, height }: Sides = { width: 480, height: 360 }): DrawnPicture {
  const key = `${number} ${width} ${height}`
  const known = drawn.get(key)
  if (known) return known
  const canvas = canvasOf(width, height)
  const pen = penOf(canvas)
  const scale = Math.max(width / 120, height / 90)
  pen.translate((width - 120 * scale) / 2, (height - 90 * scale) / 2)
  pen.scale(scale, scale)
  const motif = motifs[number % motifs.length]
  motif?.(pen, (number * 47) % 360)
  const made = { url: addressOf(canvas), thumbhash: thumbhashOf(canvas), width, height }
  drawn.set(key, made)
  return made
}

const motifs: ((pen: CanvasRenderingContext2D, hue: number) => void)[] = [
  (pen, hue) => {
    fill(pen, `hsl(${hue} 16% 34%)`)
    for (const [radius, colour] of [
      [36, '#9aa5a8'],
      [28, '#20262b'],
      [24, '#e9ecec'],
    ] as const) {
      pen.fillStyle = colour
      pen.beginPath()
      pen.arc(70, 48, radius, 0, 7)
      pen.fill()
    }
  },
  (pen, hue) => {
    fill(pen, `hsl(${hue} 14% 30%)`)
    stripe(pen, '#71828e', [
      [30, 0],
      [44, 0],
      [14, 90],
      [0, 90],
    ])
    stripe(pen, '#5d6f7b', [
      [92, 0],
      [120, 0],
      [100, 90],
      [70, 90],
    ])
    pen.fillStyle = '#9db4c8'
    pen.beginPath()
    pen.arc(36, 36, 13, 0, 7)
    pen.fill()
  },
  (pen, hue) => {
    fill(pen, `hsl(${hue} 34% 56%)`)
    stripe(pen, '#332b24', [
      [0, 66],
      [120, 22],
      [120, 40],
      [0, 84],
    ])
  },
  (pen, hue) => {
    fill(pen, `hsl(${hue} 22% 24%)`)
    for (const [left, side, colour] of [
      [24, 6, '#a9b7c4'],
      [74, 8, '#bb573a'],
      [94, 4, '#5d6b78'],
    ] as const) {
      pen.fillStyle = colour
      pen.fillRect(left, 0, side, 90)
    }
  },
]

function fill(pen: CanvasRenderingContext2D, colour: string): void {
  pen.fillStyle = colour
  pen.fillRect(0, 0, 120, 90)
}

function stripe(pen: CanvasRenderingContext2D, colour: string, corners: readonly (readonly [number, number])[]): void {
  pen.fillStyle = colour
  pen.beginPath()
  for (const [x, y] of corners) pen.lineTo(x, y)
  pen.fill()
}

function canvasOf(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  return canvas
}

function penOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const pen = canvas.getContext('2d')
  if (!pen) throw new Error('no 2d context')
  return pen
}

/** A short address, like those that files of the app have. */
function addressOf(picture: HTMLCanvasElement): string {
  const bytes = atob(picture.toDataURL('image/jpeg', 0.8).replace(/^.*,/, ''))
  const data = Uint8Array.from(bytes, (letter) => letter.charCodeAt(0))
  return URL.createObjectURL(new Blob([data], { type: 'image/jpeg' }))
}

function thumbhashOf(picture: HTMLCanvasElement): string {
  const scale = 60 / Math.max(picture.width, picture.height)
  const [width, height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)]
  const pen = penOf(canvasOf(width, height))
  pen.drawImage(picture, 0, 0, width, height)
  return btoa(String.fromCharCode(...rgbaToThumbHash(width, height, pen.getImageData(0, 0, width, height).data)))
}

const sides: readonly Sides[] = [
  { width: 480, height: 360 },
  { width: 270, height: 480 },
  { width: 480, height: 270 },
]

/** An attachment whose picture is on this device; `number` tells it from others. */
export function drawnAttachment(world: World, number: number, given: Partial<Attachment> = {}): Attachment {
  const isVideo = given.mime?.startsWith('video/') === true
  const picture = drawPicture(number % 24, sides[number % sides.length])
  const attachment: Attachment = {
    sha256: number.toString(16).padStart(64, isVideo ? 'b' : 'a'),
    name: isVideo ? `VID_${1000 + number}.mp4` : `IMG_${1000 + number}.jpg`,
    mime: 'image/jpeg',
    size: 1_400_000 + number * 1000,
    width: picture.width * 4,
    height: picture.height * 4,
    thumbhash: picture.thumbhash,
    ...(isVideo ? { durationMs: 42_000 } : {}),
    ...given,
  }
  for (const variant of ['thumb', 'full'] as const)
    world.folder.media.set(`${attachment.sha256}.${variant}`, { state: 'ready', url: picture.url })
  return attachment
}
