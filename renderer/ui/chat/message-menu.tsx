import { Copy, Ellipsis, Pencil, Reply, Trash2, Undo2 } from 'lucide-react'
import { useRef, useState, type ComponentProps } from 'react'
import { useLanguage } from '../../i18n/language.tsx'
import { Menu, MenuHeading, MenuItem, MenuLine } from '../common/menu.tsx'
import type { MessageItem } from './conversation-rows.ts'
import type { MessageActions } from './message-actions.ts'

type MessageMenuProps = {
  item: MessageItem
  actions: MessageActions
  canWrite: boolean
  /** It is held, and was written in this chat. */
  canTakeBack: boolean
  open: boolean
  onOpenChange(open: boolean): void
}

const openingKeys = new Set(['Enter', ' ', 'ArrowDown'])

/** What can be done with a message: button beside it on hover and focus, also on the right mouse button and Enter. */
export function MessageMenu({ item, actions, canWrite, canTakeBack, open, onOpenChange }: MessageMenuProps) {
  const { t } = useLanguage()
  const taken = item.seq !== null
  const changeable = item.own && taken && canWrite && !item.deleted && item.changing !== 'delete'
  const cancellable = item.own && item.delivery === 'queued' && item.heldUntil === null
  // Reply and edit lead into the composer: the focus must not come back here.
  const leaves = useRef(false)
  // Made when it is first opened: most messages' menus never are, and all of them together are dear.
  const [isMade, setMade] = useState(open)
  if (open && !isMade) setMade(true)
  const leave = (action: (item: MessageItem) => void) => () => {
    leaves.current = true
    action(item)
  }
  if (item.deleted) return null
  if (!isMade)
    return (
      <MenuButton
        aria-haspopup="menu"
        aria-expanded={false}
        onPointerDown={(event) => {
          if (event.button !== 0 || event.ctrlKey) return
          // The focus goes into the menu, not here.
          event.preventDefault()
          onOpenChange(true)
        }}
        onKeyDown={(event) => {
          if (!openingKeys.has(event.key)) return
          event.preventDefault()
          onOpenChange(true)
        }}
      />
    )
  return (
    <Menu
      onCloseFocus={() => {
        const left = leaves.current
        leaves.current = false
        return left
      }}
      align={item.own ? 'end' : 'start'}
      open={open}
      onOpenChange={onOpenChange}
      trigger={<MenuButton />}
    >
      {taken && canWrite ? (
        <MenuItem icon={<Reply size={15} aria-hidden="true" />} onSelect={leave(actions.reply)}>
          {t('chat.menu.reply')}
        </MenuItem>
      ) : null}
      <MenuItem icon={<Copy size={15} aria-hidden="true" />} onSelect={() => actions.copy(item)}>
        {t('chat.menu.copy')}
      </MenuItem>
      {changeable ? (
        <>
          <MenuItem icon={<Pencil size={15} aria-hidden="true" />} onSelect={leave(actions.edit)}>
            {t('chat.menu.edit')}
          </MenuItem>
          <MenuItem danger icon={<Trash2 size={15} aria-hidden="true" />} onSelect={() => actions.remove(item)}>
            {t('chat.menu.delete')}
          </MenuItem>
        </>
      ) : null}
      {canTakeBack ? (
        <MenuItem icon={<Undo2 size={15} aria-hidden="true" />} onSelect={leave(actions.takeBack)}>
          {t('chat.menu.cancel')}
        </MenuItem>
      ) : null}
      {cancellable ? (
        <MenuItem danger icon={<Undo2 size={15} aria-hidden="true" />} onSelect={() => actions.cancel(item)}>
          {t('chat.menu.cancel')}
        </MenuItem>
      ) : null}
      {item.own && item.readBy.length > 0 ? (
        <>
          <MenuLine />
          <MenuHeading>
            <span className="block max-w-64 font-normal">{t('chat.read-by', { names: item.readBy.join(', ') })}</span>
          </MenuHeading>
        </>
      ) : null}
    </Menu>
  )
}

function MenuButton(properties: ComponentProps<'button'>) {
  const { t } = useLanguage()
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={t('chat.menu')}
      {...properties}
      className="grid size-7 flex-none place-items-center rounded-md text-ink-2 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 hover:bg-hover hover:text-ink focus-visible:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-100"
    >
      <Ellipsis size={17} aria-hidden="true" />
    </button>
  )
}
