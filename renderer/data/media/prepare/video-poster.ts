import { smallPictureOf, type SmallPicture } from './small-picture.ts'

/** Sides in pixels, upright. `poster` is null where no frame could be drawn. */
export type VideoFacts = {
  width: number
  height: number
  durationMs: number | null
  poster: SmallPicture | null
}

/** The first second is often black. */
const posterAt = 1
const longestMs = 20_000
/** Beyond the end of any video: the player goes to the end and learns how long it is. */
const beyondEnd = 1e7

/** The next event of this name; rejects on an error of the element, or when it takes too long. */
function next(video: HTMLVideoElement, name: string, isEnough = () => true): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      video.removeEventListener(name, look)
      video.removeEventListener('error', fail)
    }
    const look = () => {
      if (!isEnough()) return
      stop()
      resolve()
    }
    const fail = () => {
      stop()
      reject(new Error(video.error?.message ?? `no ${name} of the video`))
    }
    const timer = setTimeout(fail, longestMs)
    video.addEventListener(name, look)
    video.addEventListener('error', fail)
  })
}

async function seek(video: HTMLVideoElement, seconds: number): Promise<void> {
  const seeked = next(video, 'seeked')
  video.currentTime = seconds
  await seeked
}

/** A recording of this browser does not say how long it is: its header was written before its end was known. */
async function durationOf(video: HTMLVideoElement): Promise<number | null> {
  if (video.duration === Infinity) {
    const known = next(video, 'durationchange', () => Number.isFinite(video.duration))
    video.currentTime = beyondEnd
    await known.catch(() => {})
  }
  return Number.isFinite(video.duration) ? video.duration : null
}

/**
 * Looks into a video, in the page: a worker has no player. Null for what this browser can't play, which is no reason not to
 * send it. `url` must be readable by the page (`app-media:` or `blob:`).
 */
export async function readVideo(url: string): Promise<VideoFacts | null> {
  const video = document.createElement('video')
  // Drawing a frame of another origin would otherwise lock the canvas.
  video.crossOrigin = 'anonymous'
  video.muted = true
  video.preload = 'auto'
  try {
    const loaded = next(video, 'loadeddata')
    video.src = url
    await loaded
    const duration = await durationOf(video)
    const { videoWidth: width, videoHeight: height } = video
    if (width === 0 || height === 0) return null
    await seek(video, Math.min(posterAt, (duration ?? 0) / 2))
    const poster = await smallPictureOf(video, { width, height }, false).catch(() => null)
    return { width, height, durationMs: duration === null ? null : Math.round(duration * 1000), poster }
  } catch {
    return null
  } finally {
    video.removeAttribute('src')
    video.load()
  }
}
