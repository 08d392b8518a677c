import { useId, useImperativeHandle, useRef, useState, type KeyboardEvent, type ReactNode, type Ref } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import { classes } from './classes.ts'
import { PressableContainer } from './pressable-container.tsx'

/** Moves through a list from outside it: shortcuts of the window, buttons. */
export type ListBoxHandle<Item> = {
  /** The item that the keys are at. */
  active(): Item | null
  move(step: 1 | -1): void
  openActive(): void
  focus(): void
}

type ListBoxProps<Item> = {
  label: string
  items: readonly Item[]
  /** Items there are in all, also those not loaded. */
  total: number
  keyOf(item: Item): string
  selectedKey: string | null
  onOpen(item: Item): void
  /** The item is being pressed, and will be opened in a moment. */
  onPress?(item: Item): void
  onNearEnd(): void
  itemSize: number
  className?: string
  ref?: Ref<ListBoxHandle<Item>>
  children(item: Item, state: { active: boolean; selected: boolean }): ReactNode
}

const nearEndPx = 1200

/**
 * A virtual list with one tab stop: the list keeps the focus and `aria-activedescendant` names the item the keys are at,
 * which stays mounted wherever the list is scrolled to.
 */
export function ListBox<Item>(props: ListBoxProps<Item>) {
  const { label, items, total, keyOf, selectedKey, onOpen, onPress, onNearEnd, itemSize, className, ref, children } =
    props
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useRef<VirtualizerHandle>(null)
  const [activeKey, setActiveKey] = useState(selectedKey)
  const [focused, setFocused] = useState(false)
  const [followed, setFollowed] = useState(selectedKey)
  if (followed !== selectedKey) {
    setFollowed(selectedKey)
    if (selectedKey !== null) setActiveKey(selectedKey)
  }
  const activeIndex = items.findIndex((item) => keyOf(item) === activeKey)
  const active = items[activeIndex]

  const goTo = (index: number) => {
    const bounded = Math.max(0, Math.min(items.length - 1, index))
    const item = items[bounded]
    if (item === undefined) return
    setActiveKey(keyOf(item))
    virtualizer.current?.scrollToIndex(bounded, { align: 'nearest' })
    if (bounded > items.length - 20) onNearEnd()
  }
  const move = (step: number) => goTo(activeIndex < 0 ? (step > 0 ? 0 : items.length - 1) : activeIndex + step)
  const openActive = () => {
    if (active !== undefined) onOpen(active)
  }
  useImperativeHandle(ref, () => ({
    active: () => active ?? null,
    move,
    openActive,
    focus: () => scroller.current?.focus(),
  }))

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const page = Math.max(1, Math.floor((virtualizer.current?.viewportSize ?? 400) / itemSize) - 1)
    const actions: Record<string, () => void> = {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      PageDown: () => move(page),
      PageUp: () => move(-page),
      Home: () => goTo(0),
      End: () => goTo(items.length - 1),
      Enter: openActive,
      Space: openActive,
    }
    const action = actions[event.code]
    if (!action) return
    event.preventDefault()
    setFocused(true)
    action()
  }

  return (
    <div
      ref={scroller}
      role="listbox"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={active === undefined ? undefined : `${id}-${keyOf(active)}`}
      onKeyDown={onKeyDown}
      // A click gives the list the focus too; only keys need to show where they are.
      onFocus={(event) => setFocused(event.currentTarget.matches(':focus-visible'))}
      onBlur={() => setFocused(false)}
      className={classes('scrolls min-h-0 flex-1 outline-none', className)}
    >
      <Virtualizer
        ref={virtualizer}
        data={items}
        as={PressableContainer}
        itemSize={itemSize}
        keepMounted={activeIndex < 0 ? [] : [activeIndex]}
        onScroll={(offset) => {
          const handle = virtualizer.current
          if (handle && offset + handle.viewportSize > handle.scrollSize - nearEndPx) onNearEnd()
        }}
      >
        {(item, index) => {
          const key = keyOf(item)
          const selected = key === selectedKey
          return (
            <div
              key={key}
              id={`${id}-${key}`}
              role="option"
              aria-selected={selected}
              aria-posinset={index + 1}
              aria-setsize={total}
              onPointerDown={() => onPress?.(item)}
              onClick={() => {
                setActiveKey(key)
                onOpen(item)
              }}
              className="cursor-pointer"
            >
              {children(item, { active: focused && key === activeKey, selected })}
            </div>
          )
        }}
      </Virtualizer>
    </div>
  )
}
