import { Aperture, Circle, Square } from 'lucide-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useLanguage } from '../../i18n/language.tsx'
import { Button } from '../common/button.tsx'
import { Dialog, DialogButtons } from '../common/dialog.tsx'
import { record, takePhoto } from './camera-shots.ts'
import { lengthText } from './file-words.ts'
import { useCamera } from './use-camera.ts'

type CameraDialogProps = { onShot(file: File): void; onClose(): void }

/** Takes a photo or records a video, shows it, and attaches it or takes another. */
export function CameraDialog({ onShot, onClose }: CameraDialogProps) {
  const { t } = useLanguage()
  const [deviceId, setDeviceId] = useState<string | null>(null)
  const [shot, setShot] = useState<File | null>(null)
  const { camera, devices } = useCamera(deviceId)
  const failure = camera.state === 'failed' ? t(`camera.${camera.reason}`) : ''
  return (
    <Dialog open onClose={onClose} title={t('camera.title')} width="broad">
      {shot ? (
        <Shot
          file={shot}
          onAgain={() => setShot(null)}
          onUse={() => {
            onShot(shot)
            onClose()
          }}
        />
      ) : camera.state === 'ready' ? (
        <Live stream={camera.stream} onShot={setShot}>
          {devices.length > 1 ? (
            <select
              aria-label={t('camera.which')}
              value={deviceId ?? devices[0]?.deviceId}
              onChange={(event) => setDeviceId(event.target.value)}
              className="mr-auto h-[34px] max-w-56 min-w-0 rounded-lg border border-control-line bg-pane px-2 max-medium:h-11"
            >
              {devices.map((device) => (
                <option key={device.deviceId} value={device.deviceId}>
                  {device.label || t('camera.which')}
                </option>
              ))}
            </select>
          ) : null}
        </Live>
      ) : (
        <p role={failure ? 'alert' : 'status'} className="px-5 pb-8 text-ink-2">
          {failure || t('camera.starting')}
        </p>
      )}
    </Dialog>
  )
}

const picture = 'max-h-[62vh] min-h-40 w-full bg-black object-contain'

type LiveProps = { stream: MediaStream; onShot(file: File): void; children: ReactNode }

function Live({ stream, onShot, children }: LiveProps) {
  const { t } = useLanguage()
  const video = useRef<HTMLVideoElement>(null)
  const recorder = useRef<ReturnType<typeof record>>(null)
  const [seconds, setSeconds] = useState<number | null>(null)
  const recording = seconds !== null
  useEffect(() => {
    if (video.current) video.current.srcObject = stream
  }, [stream])
  useEffect(() => {
    if (!recording) return undefined
    const began = performance.now()
    const timer = setInterval(() => setSeconds(Math.floor((performance.now() - began) / 1000)), 500)
    return () => clearInterval(timer)
  }, [recording])

  const take = async () => {
    if (video.current && video.current.videoWidth > 0) onShot(await takePhoto(video.current))
  }
  const stop = async () => {
    const file = await recorder.current?.stop()
    recorder.current = null
    if (file) onShot(file)
  }
  return (
    <>
      <video ref={video} autoPlay muted playsInline aria-label={t('camera.preview')} className={picture} />
      <DialogButtons>
        {recording ? (
          <>
            <span role="status" className="tabular mr-auto flex items-center gap-2 text-bad">
              <Circle size={12} fill="currentColor" aria-hidden="true" />
              {t('camera.recording', { time: lengthText(seconds * 1000) })}
            </span>
            <Button kind="primary" large onClick={() => void stop()}>
              <Square size={15} fill="currentColor" aria-hidden="true" />
              {t('camera.stop')}
            </Button>
          </>
        ) : (
          <>
            {children}
            <Button
              large
              onClick={() => {
                recorder.current = record(stream)
                setSeconds(0)
              }}
            >
              <Circle size={15} aria-hidden="true" />
              {t('camera.record')}
            </Button>
            <Button kind="primary" large onClick={() => void take()}>
              <Aperture size={16} aria-hidden="true" />
              {t('camera.take')}
            </Button>
          </>
        )}
      </DialogButtons>
    </>
  )
}

function Shot({ file, onAgain, onUse }: { file: File; onAgain(): void; onUse(): void }) {
  const { t } = useLanguage()
  const [url, setUrl] = useState<string | null>(null)
  useEffect(() => {
    const made = URL.createObjectURL(file)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [file])
  return (
    <>
      {url === null ? null : file.type.startsWith('video/') ? (
        // oxlint-disable-next-line jsx-a11y/media-has-caption -- recorded a moment ago by who looks at it
        <video src={url} controls aria-label={t('camera.preview')} className={picture} />
      ) : (
        <img src={url} alt={t('camera.preview')} className={picture} />
      )}
      <DialogButtons>
        <Button large onClick={onAgain}>
          {t('camera.again')}
        </Button>
        <Button kind="primary" large onClick={onUse}>
          {t('camera.use')}
        </Button>
      </DialogButtons>
    </>
  )
}
