import { useEffect, useRef, useState } from 'react'
import { useApp } from '../common/app-context.tsx'

export type CameraState =
  | { state: 'starting' }
  | { state: 'ready'; stream: MediaStream }
  | { state: 'failed'; reason: 'none' | 'denied' | 'busy' }

/** The camera while the dialog is open; `deviceId` chooses among several. Sound is taken along where there is a microphone. */
export function useCamera(deviceId: string | null): { camera: CameraState; devices: MediaDeviceInfo[] } {
  const { platform } = useApp()
  const [camera, setCamera] = useState<CameraState>({ state: 'starting' })
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([])
  const turn = useRef(0)
  useEffect(() => {
    const own = ++turn.current
    let stream: MediaStream | undefined
    const isOver = () => turn.current !== own
    const start = async () => {
      await platform.media.useCamera(true)
      const opened = await openCamera(deviceId)
      if (isOver()) {
        stopAll(opened)
        return
      }
      stream = opened
      // Cameras have names only once one of them may be used.
      const all = await navigator.mediaDevices.enumerateDevices()
      if (isOver()) return
      setDevices(all.filter(({ kind }) => kind === 'videoinput'))
      setCamera({ state: 'ready', stream: opened })
    }
    start().catch((error: unknown) => (isOver() ? undefined : setCamera({ state: 'failed', reason: reasonOf(error) })))
    return () => {
      turn.current += 1
      if (stream) stopAll(stream)
      void platform.media.useCamera(false)
    }
  }, [platform, deviceId])
  return { camera, devices }
}

async function openCamera(deviceId: string | null): Promise<MediaStream> {
  const video = {
    width: { ideal: 1920 },
    height: { ideal: 1080 },
    ...(deviceId === null ? { facingMode: 'environment' } : { deviceId: { exact: deviceId } }),
  }
  try {
    return await navigator.mediaDevices.getUserMedia({ video, audio: true })
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'NotFoundError') throw error
    return navigator.mediaDevices.getUserMedia({ video, audio: false })
  }
}

function stopAll(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

function reasonOf(error: unknown): 'none' | 'denied' | 'busy' {
  const name = error instanceof DOMException ? error.name : ''
  return name === 'NotAllowedError' ? 'denied' : name === 'NotReadableError' || name === 'AbortError' ? 'busy' : 'none'
}
