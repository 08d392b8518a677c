import { Plus } from 'lucide-react'
import { useLayoutEffect, useRef, useState, type RefObject } from 'react'
import type { RoomName } from '#common/domain/ids.ts'
import { messageLimits } from '#common/domain/message.ts'
import type { DraftFile } from '../../data/media-api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { CheckBox } from '../common/check-box.tsx'
import { TrayTile } from './tray-tile.tsx'

type TrayProps = { room: RoomName; files: readonly DraftFile[]; originals: boolean; onAdd(): void }

/** The files of a draft, in the order in which they will be sent. */
export function Tray({ room, files, originals, onAdd }: TrayProps) {
  const { t } = useLanguage()
  const { data } = useApp()
  const [dragged, setDragged] = useState<string | null>(null)
  const [said, setSaid] = useState('')
  const list = useRef<HTMLUListElement>(null)
  const keepFocus = useFocusAfter(list, files)
  const limit = messageLimits.attachments
  if (files.length === 0) return null

  const move = (file: DraftFile, to: number) => {
    if (to < 0 || to >= files.length || files[to]?.id === file.id) return
    setSaid(t('media.tile.moved', { name: file.name, number: to + 1, count: files.length }))
    keepFocus(file.id, (now) => now[to]?.id === file.id)
    void data.act.moveFile({ room, id: file.id, to })
  }
  const remove = (file: DraftFile, index: number) => {
    const next = files[index + 1] ?? files[index - 1]
    if (next) keepFocus(next.id, (now) => now.every(({ id }) => id !== file.id))
    else list.current?.closest('form')?.querySelector('textarea')?.focus()
    setSaid(t('media.tile.removed', { name: file.name }))
    void data.act.removeFile({ room, id: file.id })
  }
  return (
    <div className="border-b border-line-soft px-3 pt-3 pb-2">
      <ul
        ref={list}
        aria-label={t('media.files')}
        className="scrolls flex max-h-[32vh] flex-wrap gap-2.5 max-medium:flex-nowrap max-medium:overflow-x-auto"
      >
        {files.map((file, index) => (
          <TrayTile
            key={file.id}
            file={file}
            number={index + 1}
            count={files.length}
            room={room}
            onMove={(step) => move(file, index + step)}
            onRemove={() => remove(file, index)}
            onDrag={setDragged}
            onDropped={() => {
              const moved = files.find((each) => each.id === dragged)
              setDragged(null)
              if (moved) move(moved, index)
            }}
            dragging={dragged !== null}
          />
        ))}
        {files.length < limit ? (
          <li>
            <button
              type="button"
              aria-label={t('media.add', { count: files.length, limit })}
              onClick={onAdd}
              className="grid h-[78px] w-28 flex-none place-content-center justify-items-center gap-1 rounded-lg! border border-dashed border-control-line text-ink-2 -outline-offset-2 hover:bg-hover max-medium:h-[90px] max-medium:w-24"
            >
              <Plus size={16} aria-hidden="true" />
              <span className="tabular text-note">{t('media.files.count', { count: files.length, limit })}</span>
            </button>
          </li>
        ) : null}
      </ul>
      {files.some((file) => file.kind === 'photo') ? (
        <CheckBox
          checked={originals}
          onChange={(on) => void data.act.setOriginals({ room, originals: on })}
          className="mt-1.5 text-small"
        >
          {t('media.originals')}
        </CheckBox>
      ) : null}
      <p role="status" className="sr-only">
        {said}
      </p>
    </div>
  )
}

type Files = readonly DraftFile[]

/** The focus goes to a tile once the files are as `done` says, if what had it is gone with the change. */
function useFocusAfter(list: RefObject<HTMLElement | null>, files: Files) {
  const wanted = useRef<{ id: string; done(files: Files): boolean } | null>(null)
  useLayoutEffect(() => {
    if (!wanted.current?.done(files)) return
    const { id } = wanted.current
    wanted.current = null
    const tiles = [...(list.current?.querySelectorAll<HTMLElement>('[data-file]') ?? [])]
    const tile = tiles.find((each) => each.dataset['file'] === id)
    tile?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    if (document.activeElement === document.body) tile?.focus()
  }, [files, list])
  return (id: string, done: (files: Files) => boolean) => {
    wanted.current = { id, done }
  }
}
