import { Clock, Lock, Trash2, Undo2 } from 'lucide-react'
import type { ChatMember } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { Avatar } from '../common/avatar.tsx'
import { classes } from '../common/classes.ts'

type MemberLineProps = {
  member: ChatMember
  note: string
  marked?: boolean
  /** Where there is room, the row at hand tells why its member stays. */
  explains?: boolean
}

/** Picture, name and part of a member; what waits takes the place of the part. */
export function MemberLine({ member, note, marked = false, explains = false }: MemberLineProps) {
  const { t } = useLanguage()
  const { person, lock, change } = member
  const leaving = marked || change === 'removing'
  return (
    <>
      <Avatar id={person.id} name={person.name} {...(change || marked ? { className: 'opacity-50' } : {})} />
      <span className="min-w-0 flex-1 leading-[1.3]">
        <span className={classes('block truncate', leaving && 'text-ink-2 line-through')}>{person.name}</span>
        {change ? (
          <span className="flex items-center gap-1 text-note text-warn">
            <Clock size={12} aria-hidden="true" className="flex-none" />
            <span className="truncate">{t(`members.${change}`)}</span>
          </span>
        ) : (
          <span className={classes('block text-note', marked ? 'text-bad' : 'text-ink-2')}>
            <span
              className={classes(
                'block truncate',
                explains && lock && 'group-hover:hidden group-focus:hidden pointer-coarse:hidden',
              )}
            >
              {marked ? t('members.marked') : note}
            </span>
            {explains && lock ? (
              <span aria-hidden="true" className="hidden group-hover:block group-focus:block pointer-coarse:block">
                {t(`people.lock.${lock}`)}
              </span>
            ) : null}
          </span>
        )}
      </span>
    </>
  )
}

/** Says that somebody can't be removed, and why. */
export function LockMark({ lock }: { lock: NonNullable<ChatMember['lock']> }) {
  const { t } = useLanguage()
  const reason = t(`people.lock.${lock}`)
  return (
    <span title={reason} className="grid size-7 flex-none place-items-center text-ink-3 max-medium:size-11">
      <Lock size={15} role="img" aria-label={reason} />
    </span>
  )
}

type RemoveButtonProps = { name: string; marked?: boolean; tabIndex?: number; onPress(): void }

/** The trash of a member's row: there while the row has the pointer or the focus, always where one touches. */
export function RemoveButton({ name, marked = false, tabIndex, onPress }: RemoveButtonProps) {
  const { t } = useLanguage()
  const label = t(marked ? 'members.keep' : 'members.remove', { name })
  const Icon = marked ? Undo2 : Trash2
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      tabIndex={tabIndex}
      onClick={onPress}
      className={classes(
        'grid size-7 flex-none place-items-center rounded-md max-medium:size-11',
        marked
          ? 'text-ink-2 hover:bg-hover'
          : 'bg-bad-soft text-bad opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 group-focus:opacity-100 pointer-coarse:opacity-100 max-medium:opacity-100',
      )}
    >
      <Icon size={15} aria-hidden="true" />
    </button>
  )
}
