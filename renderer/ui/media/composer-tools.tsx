import { Camera, Paperclip } from 'lucide-react'
import { useState } from 'react'
import { useLanguage } from '../../i18n/language.tsx'
import { IconButton } from '../common/button.tsx'
import { CameraDialog } from './camera-dialog.tsx'
import type { Attaching } from './use-attaching.ts'

/** The ways to attach something with a button; pasting and dropping are the others. */
export function ComposerTools({ attaching }: { attaching: Attaching }) {
  const { t } = useLanguage()
  const [camera, setCamera] = useState(false)
  return (
    <span className="flex flex-none items-center gap-0.5">
      <IconButton
        label={t('media.attach')}
        title={`${t('media.attach')} (Ctrl U)`}
        aria-keyshortcuts="Control+U"
        onClick={attaching.pick}
      >
        <Paperclip size={18} aria-hidden="true" />
      </IconButton>
      <IconButton label={t('media.camera')} onClick={() => setCamera(true)}>
        <Camera size={18} aria-hidden="true" />
      </IconButton>
      {camera ? <CameraDialog onShot={(file) => attaching.attach([file])} onClose={() => setCamera(false)} /> : null}
    </span>
  )
}
