import { CircleAlert, CloudUpload, Pause } from 'lucide-react'
import type { MessageId } from '#common/domain/ids.ts'
import type { UploadProgress } from '../../data/media-api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { classes } from '../common/classes.ts'
import { uploadText } from './file-words.ts'

/** How far the files of a message have got, as a bar and in words. */
export function UploadLine({ id, upload, online }: { id: MessageId; upload: UploadProgress; online: boolean }) {
  const words = useLanguage()
  const { data } = useApp()
  const isFailed = upload.state === 'failed'
  const Icon = isFailed ? CircleAlert : upload.state === 'paused' ? Pause : CloudUpload
  const text = uploadText(words, upload, online)
  return (
    <div className="mt-1 w-full max-w-[400px] min-w-0">
      <div className={classes('flex items-start gap-1.5 text-[11.5px]', isFailed ? 'text-bad' : 'text-warn')}>
        <Icon size={13} aria-hidden="true" className="mt-px flex-none" />
        <span className="tabular min-w-0 flex-1 wrap-anywhere">{text}</span>
        {isFailed ? (
          <button
            type="button"
            onClick={() => void data.act.retryUpload({ id })}
            className="-my-1 min-h-6 flex-none font-semibold underline underline-offset-2 max-medium:min-h-11"
          >
            {words.t('media.upload.retry')}
          </button>
        ) : null}
      </div>
      {isFailed ? null : (
        <div
          role="progressbar"
          aria-label={text}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.floor((upload.bytesDone / Math.max(1, upload.bytes)) * 100)}
          className="mt-1 h-1 overflow-hidden rounded-full bg-line"
        >
          <span
            className="block h-full rounded-full bg-accent transition-[width]"
            style={{ width: `${(upload.bytesDone / Math.max(1, upload.bytes)) * 100}%` }}
          />
        </div>
      )}
    </div>
  )
}
