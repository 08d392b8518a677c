import { Copy } from 'lucide-react'
import { useState } from 'react'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { controlClasses } from '../common/field.tsx'

/** A link or key that is shown this once, with a button to copy it. */
export function OneTimeSecret({ label, secret, note }: { label: string; secret: string; note: string }) {
  const { t } = useLanguage()
  const { platform } = useApp()
  const [copied, setCopied] = useState(false)
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex gap-2">
        <input
          aria-label={label}
          readOnly
          value={secret}
          onFocus={(event) => event.currentTarget.select()}
          className={`${controlClasses} flex-1 font-mono text-small`}
        />
        <Button
          kind="primary"
          className="h-[34px]"
          onClick={() => void platform.writeClipboard(secret).then(() => setCopied(true))}
        >
          <Copy size={15} aria-hidden="true" />
          {t('common.copy')}
        </Button>
      </div>
      <p className="text-note text-ink-2">
        {note}
        <span role="status" className="font-medium text-good">
          {copied ? ` ${t('common.copied')}.` : ''}
        </span>
      </p>
    </div>
  )
}
