import { ChevronLeft, ChevronRight, CircleAlert, Film, LoaderCircle, RotateCw, X } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import type { RoomName } from '#common/domain/ids.ts'
import type { DraftFile } from '../../data/media-api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { classes } from '../common/classes.ts'
import { lengthText, sizeText } from './file-words.ts'
import { thumbhashUrl } from './thumbhash-url.ts'

type TrayTileProps = {
  file: DraftFile
  number: number
  count: number
  room: RoomName
  onMove(step: -1 | 1): void
  onRemove(): void
  onDrag(id: string | null): void
  onDropped(): void
  /** A tile is being dragged. */
  dragging: boolean
}

/** What is pressed is larger than what is seen. */
const corner = 'absolute grid size-8 place-items-center rounded-lg! -outline-offset-2 max-medium:size-11'
const disc = 'grid size-6 place-items-center rounded-full bg-black/80 text-white'

/** One file of a draft: its number, picture, name and size, and what can be done with it. */
export function TrayTile(props: TrayTileProps) {
  const { file, number, count, room, onMove, onRemove, onDrag, onDropped, dragging } = props
  const { t } = useLanguage()
  const { data } = useApp()
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.altKey && event.code === 'ArrowLeft' ? -1 : event.altKey && event.code === 'ArrowRight' ? 1 : 0
    if (step !== 0) onMove(step)
    else if (event.target === event.currentTarget && (event.code === 'Delete' || event.code === 'Backspace')) onRemove()
    else return
    event.preventDefault()
  }
  return (
    // The keys of a tile are told by its title; its buttons do the same.
    <li
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the tile is what Alt and the arrows move
      tabIndex={0}
      data-file={file.id}
      aria-label={t('media.tile', { number, name: file.name })}
      title={`${file.name}\n${t('media.tile.keys')}`}
      draggable
      onKeyDown={onKeyDown}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = 'move'
        // Without data no drag begins; a type of ours keeps it from being taken for files.
        event.dataTransfer.setData('application/x-naryad-tile', file.id)
        onDrag(file.id)
      }}
      onDragEnd={() => onDrag(null)}
      onDragOver={(event) => {
        if (dragging) event.preventDefault()
      }}
      onDrop={(event) => {
        // Files from elsewhere are the chat's.
        if (!dragging) return
        event.preventDefault()
        event.stopPropagation()
        onDropped()
      }}
      className="group/tile w-28 flex-none rounded-lg -outline-offset-2 max-medium:w-24"
    >
      <div
        className={classes(
          'relative h-[78px] overflow-hidden rounded-lg border bg-hover max-medium:h-[90px]',
          file.state === 'failed' ? 'border-bad' : 'border-line-soft',
        )}
      >
        <Preview file={file} />
        <span className="tabular absolute top-1 left-1 rounded-[5px] bg-black/75 px-1.5 text-[11px] leading-[18px] font-[650] text-white">
          {number}
        </span>
        <button
          type="button"
          aria-label={t('media.tile.remove', { number, name: file.name })}
          title={t('media.tile.remove', { number, name: file.name })}
          onClick={onRemove}
          className={classes(corner, 'top-0 right-0')}
        >
          <span className={disc}>
            <X size={13} aria-hidden="true" />
          </span>
        </button>
        {number > 1 ? (
          <MoveButton label={t('media.tile.back', { name: file.name })} side="left" onPress={() => onMove(-1)} />
        ) : null}
        {number < count ? (
          <MoveButton label={t('media.tile.forth', { name: file.name })} side="right" onPress={() => onMove(1)} />
        ) : null}
      </div>
      <TileState file={file} onRetry={() => void data.act.retryFile({ room, id: file.id })} />
    </li>
  )
}

function MoveButton({ label, side, onPress }: { label: string; side: 'left' | 'right'; onPress(): void }) {
  const Icon = side === 'left' ? ChevronLeft : ChevronRight
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={onPress}
      className={classes(
        corner,
        side === 'left' ? 'bottom-0 left-0' : 'right-0 bottom-0',
        'opacity-0 group-focus-within/tile:opacity-100 group-hover/tile:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100',
      )}
    >
      <span className={disc}>
        <Icon size={14} aria-hidden="true" />
      </span>
    </button>
  )
}

function Preview({ file }: { file: DraftFile }) {
  const colours = thumbhashUrl(file.thumbhash)
  return (
    <>
      <span
        className="absolute inset-0 bg-cover bg-center"
        style={colours ? { backgroundImage: `url(${colours})` } : undefined}
      />
      {file.preview ? (
        <img src={file.preview} alt="" draggable={false} className="absolute inset-0 size-full object-cover" />
      ) : null}
      {file.state === 'preparing' ? (
        <LoaderCircle size={20} aria-hidden="true" className="absolute inset-0 m-auto animate-spin text-ink-2" />
      ) : file.kind === 'video' ? (
        <span className="absolute inset-0 m-auto grid size-8 place-items-center rounded-full bg-black/60 text-white">
          <Film size={16} aria-hidden="true" />
        </span>
      ) : null}
      {file.durationMs === null ? null : (
        <span className="tabular absolute bottom-1 left-1/2 -translate-x-1/2 rounded bg-black/65 px-1 text-[11px] leading-4 font-medium text-white">
          {lengthText(file.durationMs)}
        </span>
      )}
    </>
  )
}

/** Under the picture: what it is called and how it stands with it. */
function TileState({ file, onRetry }: { file: DraftFile; onRetry(): void }) {
  const { t, language } = useLanguage()
  if (file.state === 'failed')
    return (
      <div className="mt-1 text-note leading-tight text-bad">
        <p className="flex gap-1">
          <CircleAlert size={12} aria-hidden="true" className="mt-px flex-none" />
          <span className="line-clamp-3">{t(`media.failure.${file.failure}`)}</span>
        </p>
        <button
          type="button"
          onClick={onRetry}
          className="inline-flex min-h-6 items-center gap-1 font-semibold max-medium:min-h-11"
        >
          <RotateCw size={12} aria-hidden="true" />
          {t('media.tile.retry')}
          <span className="sr-only">: {file.name}</span>
        </button>
      </div>
    )
  return (
    <p className="mt-1 text-note leading-tight text-ink-2">
      <span className="block truncate text-ink">{file.name}</span>
      <span className="tabular block truncate">
        {file.state === 'ready' ? sizeText(language, file.size) : t('media.tile.preparing')}
        {file.state === 'ready' ? <span className="max-medium:sr-only"> · {t('media.tile.ready')}</span> : null}
      </span>
    </p>
  )
}
