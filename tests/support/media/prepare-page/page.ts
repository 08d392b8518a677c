/** A page that prepares photos and videos as the app does, and answers with what came of it. Used by tests; not part of the product. */
import { createPhotoPreparer, startPhotoWorker } from '#renderer/data/media/prepare/photo-preparer.ts'
import { readVideo } from '#renderer/data/media/prepare/video-poster.ts'
import { systemClock } from '#renderer/data/system-clock.ts'

/** Bytes of pictures are in base64. */
export type PhotoReport =
  | { ok: false; reason: string }
  | { ok: true; width: number; height: number; thumbhash: string; photo: string; thumbnail: string }
export type PreparingPage = {
  photo(url: string, original: boolean): Promise<PhotoReport>
  /**
   * Prepares the same photo so many times. In ms: the longest task of the page's own thread meanwhile as Chromium counts them (0 when
   * none took 50), and the longest time in which the page did nothing else, whatever it waited for.
   */
  many(
    url: string,
    count: number,
  ): Promise<{ prepared: number; longestTaskMs: number; standstillMs: number; tookMs: number }>
  /** A video of `seconds`, recorded from a canvas, as the camera's dialog would. */
  recorded(seconds: number): Promise<{
    recordedDuration: number
    width: number
    height: number
    durationMs: number | null
    poster: string
    thumbhash: string
  } | null>
  broken(): Promise<boolean>
}

async function base64Of(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer())
  let text = ''
  for (let from = 0; from < bytes.length; from += 8_192)
    text += String.fromCharCode(...bytes.subarray(from, from + 8_192))
  return btoa(text)
}

async function record(seconds: number): Promise<Blob> {
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width: 640, height: 360 })
  const context = canvas.getContext('2d')
  let frame = 0
  const timer = setInterval(() => {
    if (context) context.fillStyle = `hsl(${frame++ * 10}, 80%, 50%)`
    context?.fillRect(0, 0, 640, 360)
  }, 40)
  const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm' })
  const parts: Blob[] = []
  recorder.ondataavailable = ({ data }) => parts.push(data)
  const stopped = new Promise((resolve) => (recorder.onstop = resolve))
  recorder.start(200)
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  recorder.stop()
  await stopped
  clearInterval(timer)
  return new Blob(parts, { type: 'video/webm' })
}

/** Sends itself a message again and again; answers the longest time that one took. */
function watchStandstill(): () => number {
  const { port1, port2 } = new MessageChannel()
  let longest = 0
  let last = performance.now()
  port2.onmessage = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    setTimeout(() => port1.postMessage(null), 4)
  }
  port1.postMessage(null)
  return () => {
    port1.close()
    return longest
  }
}

const prepare = createPhotoPreparer(systemClock, startPhotoWorker)
const blobOf = async (url: string) => (await fetch(url)).blob()

const preparing: PreparingPage = {
  async photo(url, original) {
    const outcome = await prepare(await blobOf(url), original)
    if (!outcome.ok) return outcome
    const { photo, thumbnail, ...facts } = outcome.prepared
    return { ok: true, ...facts, photo: await base64Of(photo), thumbnail: await base64Of(thumbnail) }
  },
  async many(url, count) {
    const source = await blobOf(url)
    let longestTaskMs = 0
    const note = (entries: PerformanceEntryList) => {
      for (const { duration } of entries) longestTaskMs = Math.max(longestTaskMs, duration)
    }
    const observer = new PerformanceObserver((list) => note(list.getEntries()))
    observer.observe({ type: 'longtask' })
    const standstill = watchStandstill()
    const start = performance.now()
    const outcomes = await Promise.all(Array.from({ length: count }, () => prepare(source, false)))
    note(observer.takeRecords())
    observer.disconnect()
    const prepared = outcomes.filter(({ ok }) => ok).length
    return { prepared, longestTaskMs, standstillMs: standstill(), tookMs: performance.now() - start }
  },
  async recorded(seconds) {
    const url = URL.createObjectURL(await record(seconds))
    const plain = document.createElement('video')
    plain.src = url
    await new Promise((resolve) => (plain.onloadedmetadata = resolve))
    const facts = await readVideo(url)
    if (facts === null || facts.poster === null) return null
    const { width, height, durationMs, poster } = facts
    return {
      recordedDuration: plain.duration === Infinity ? -1 : plain.duration,
      width,
      height,
      durationMs,
      poster: await base64Of(poster.blob),
      thumbhash: poster.thumbhash,
    }
  },
  broken: async () => (await readVideo(URL.createObjectURL(new Blob(['no video'], { type: 'video/mp4' })))) === null,
}
Object.assign(window, { preparing })
