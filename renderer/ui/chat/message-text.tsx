import { memo, type MouseEvent } from 'react'
import { toast } from 'sonner'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { classes } from '../common/classes.ts'
import { messageParts } from './message-parts.ts'

/** A message's text, line breaks kept, links opened outside the app. */
export const MessageText = memo(function MessageText({ text }: { text: string }) {
  const { t } = useLanguage()
  const { platform } = useApp()
  const open = (event: MouseEvent<HTMLAnchorElement>, href: string) => {
    event.preventDefault()
    void platform.openLink(href).then((opened) => (opened ? undefined : toast.error(t('common.link-refused'))))
  }
  return (
    <span className="wrap-anywhere whitespace-pre-wrap">
      {messageParts(text).map((part, index) =>
        part.kind === 'text' ? (
          part.text
        ) : (
          <a
            // Parts of one text never move.
            key={index}
            href={part.href}
            title={part.href}
            rel="noreferrer"
            onClick={(event) => open(event, part.href)}
            onAuxClick={(event) => open(event, part.href)}
            className={classes(
              'text-accent underline underline-offset-2',
              // A number that is dialled is read as one.
              part.href.startsWith('tel:') && 'whitespace-nowrap',
            )}
          >
            {part.text}
          </a>
        ),
      )}
    </span>
  )
})
