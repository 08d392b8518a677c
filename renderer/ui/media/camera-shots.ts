/** Formats of a recording, the best first; servers take MP4 and WebM. */
const recordings = [
  { mimeType: 'video/mp4;codecs=avc1.42E01E,mp4a.40.2', extension: 'mp4' },
  { mimeType: 'video/webm;codecs=vp8,opus', extension: 'webm' },
  { mimeType: 'video/webm', extension: 'webm' },
] as const

/** «Снимок 2026-11-27 14.05.33»: names sort as they were taken. */
function nameAt(moment: Date, extension: string): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`
  const time = `${two(moment.getHours())}.${two(moment.getMinutes())}.${two(moment.getSeconds())}`
  return `${day} ${time}.${extension}`
}

/** What the camera shows now, as a JPEG. Rejects when the page can't make one. */
export async function takePhoto(video: HTMLVideoElement): Promise<File> {
  const canvas = document.createElement('canvas')
  canvas.width = video.videoWidth
  canvas.height = video.videoHeight
  canvas.getContext('2d')?.drawImage(video, 0, 0)
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92))
  if (!blob) throw new Error('the camera gave no picture')
  return new File([blob], nameAt(new Date(), 'jpg'), { type: 'image/jpeg' })
}

/** Records until the answer's `stop` is called; it resolves with the whole video. */
export function record(stream: MediaStream): { stop(): Promise<File> } {
  const format = recordings.find(({ mimeType }) => MediaRecorder.isTypeSupported(mimeType))
  const recorder = new MediaRecorder(stream, format ? { mimeType: format.mimeType } : {})
  const parts: Blob[] = []
  recorder.addEventListener('dataavailable', ({ data }) => parts.push(data))
  const stopped = new Promise<void>((resolve) => recorder.addEventListener('stop', () => resolve(), { once: true }))
  recorder.start(1000)
  return {
    async stop() {
      recorder.stop()
      await stopped
      const type = recorder.mimeType.split(';')[0] ?? 'video/webm'
      return new File(parts, nameAt(new Date(), format?.extension ?? 'webm'), { type })
    },
  }
}
