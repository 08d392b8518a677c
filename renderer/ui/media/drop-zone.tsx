import { ImageDown } from 'lucide-react'
import { useState, type DragEvent, type ReactNode } from 'react'
import type { ChatKind } from '#common/domain/ids.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { classes } from '../common/classes.ts'

const tones = {
  plain: 'border-accent text-accent',
  team: 'border-team text-team',
  customer: 'border-customer-button text-customer',
} as const

/** Without `onFiles` nothing can be dropped here, and the window does not take it either. */
type DropZoneProps = { chat: ChatKind; split: boolean; onFiles: ((files: File[]) => void) | null; children: ReactNode }

/** A chat on which files can be dropped; while they hover it says which chat they will go to. */
export function DropZone({ chat, split, onFiles, children }: DropZoneProps) {
  const { t } = useLanguage()
  const [over, setOver] = useState(false)
  return (
    <div
      role="presentation"
      className="relative flex min-h-0 min-w-0 flex-1 flex-col"
      onDragEnter={(event) => {
        if (!holdsFiles(event)) return
        event.preventDefault()
        setOver(onFiles !== null)
      }}
      onDragOver={(event) => {
        if (!holdsFiles(event)) return
        event.preventDefault()
        event.dataTransfer.dropEffect = onFiles ? 'copy' : 'none'
      }}
      onDragLeave={(event) => {
        // From one element of the chat to another they are still over it.
        const { relatedTarget } = event
        if (!(relatedTarget instanceof Node && event.currentTarget.contains(relatedTarget))) setOver(false)
      }}
      onDrop={(event) => {
        if (!holdsFiles(event)) return
        event.preventDefault()
        setOver(false)
        onFiles?.([...event.dataTransfer.files])
      }}
    >
      {children}
      {over ? (
        <div
          className={classes(
            'pointer-events-none absolute inset-2 z-30 grid place-content-center justify-items-center gap-2 rounded-xl border-2 border-dashed bg-pane/95 text-center',
            tones[split ? chat : 'plain'],
          )}
        >
          <ImageDown size={28} aria-hidden="true" />
          <p className="text-heading font-semibold">{t(split ? `media.drop.${chat}` : 'media.drop')}</p>
          <p className="text-ink-2">{t('media.drop.text')}</p>
        </div>
      ) : null}
    </div>
  )
}

function holdsFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer.types.includes('Files')
}
