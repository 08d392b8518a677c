import { initialsOf } from '#common/domain/user.ts'
import { classes } from './classes.ts'

/** Six dark tones, each 4.5:1 and more against white initials. */
const tones = ['bg-[#3f6fd8]', 'bg-[#a3562a]', 'bg-[#1f7568]', 'bg-[#7a52c7]', 'bg-[#b03a5b]', 'bg-[#59636f]'] as const

/** Always the same tone for the same person. */
function toneOf(id: string): string {
  // FNV-1a: ids that differ in one character spread over the tones.
  let hash = 0x811c9dc5
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return tones[hash % tones.length] ?? tones[0]
}

type AvatarProps = { id: string; name: string; size?: 'small' | 'normal'; className?: string }

/** A person's initials on a round ground; decoration beside a name. */
export function Avatar({ id, name, size = 'normal', className }: AvatarProps) {
  return (
    <span
      aria-hidden="true"
      className={classes(
        'grid flex-none place-items-center rounded-full font-semibold text-white select-none',
        size === 'small' ? 'size-7 text-[10px]' : 'size-8 text-[12px]',
        'before:content-[attr(data-initials)]',
        toneOf(id),
        className,
      )}
      // Drawn by the style sheet: initials are a picture, not a text to be read out or copied.
      data-initials={initialsOf(name)}
    />
  )
}
