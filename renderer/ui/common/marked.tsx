import { Fragment } from 'react'

/** A text of the catalogue with its `**…**` in bold. */
export function Marked({ text }: { text: string }) {
  return text.split('**').map((part, index) =>
    // Parts never move, so their place is their key.
    index % 2 === 1 ? (
      <b key={index} className="font-[650]">
        {part}
      </b>
    ) : (
      <Fragment key={index}>{part}</Fragment>
    ),
  )
}
