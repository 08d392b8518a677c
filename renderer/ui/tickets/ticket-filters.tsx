import { ArrowDownUp, ChevronDown, ListFilter, Search, UserRound, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { isClosed, stages, type Stage } from '#common/domain/ticket.ts'
import type { UserId } from '#common/domain/ids.ts'
import type { TicketSort } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { classes } from '../common/classes.ts'
import { Menu, MenuCheck, MenuChoice, MenuItem, MenuLine } from '../common/menu.tsx'
import { useWatched } from '../common/use-watched.ts'
import { useShell } from '../shell/shell-context.tsx'

export type TicketFilter = {
  stages: Stage[]
  /** undefined: everybody; null: nobody. */
  assigneeId: UserId | null | undefined
  text: string
  sort: TicketSort
}
export const noFilter: TicketFilter = { stages: [], assigneeId: undefined, text: '', sort: 'activity' }

const sorts: readonly TicketSort[] = ['activity', 'number', 'due', 'priority']
const openStages = stages.filter((stage) => !isClosed(stage) && stage !== 'customerRefused')

type TicketFiltersProps = { filter: TicketFilter; onChange(filter: TicketFilter): void; wide: boolean }

/** Text, stages, assignee and order of the list of tickets. */
export function TicketFilters({ filter, onChange, wide }: TicketFiltersProps) {
  const search = (
    <SearchField
      text={filter.text}
      onText={(text) => onChange({ ...filter, text })}
      className={wide ? 'w-72' : 'min-w-0 flex-1'}
    />
  )
  const filters = (
    <>
      <StageFilter chosen={filter.stages} onChange={(chosen) => onChange({ ...filter, stages: chosen })} />
      <AssigneeFilter chosen={filter.assigneeId} onChange={(assigneeId) => onChange({ ...filter, assigneeId })} />
    </>
  )
  const sort = <SortMenu sort={filter.sort} onChange={(next) => onChange({ ...filter, sort: next })} iconOnly={!wide} />
  if (wide)
    return (
      <div className="flex items-center gap-1.5 border-b border-line px-[18px] pb-2.5">
        {search}
        {filters}
        {sort}
      </div>
    )
  return (
    <div className="flex flex-col gap-1.5 border-b border-line px-3 pb-2.5">
      <div className="flex gap-1.5">
        {search}
        {sort}
      </div>
      <div className="flex gap-1.5">{filters}</div>
    </div>
  )
}

function SearchField({ text, onText, className }: { text: string; onText(text: string): void; className: string }) {
  const { t } = useLanguage()
  return (
    <span className={classes('relative', className)}>
      <Search size={15} aria-hidden="true" className="absolute top-1/2 left-2.5 -translate-y-1/2 text-ink-3" />
      <input
        type="search"
        aria-label={t('tickets.search')}
        placeholder={t('tickets.search')}
        value={text}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.code !== 'Escape' || text === '') return
          event.preventDefault()
          onText('')
        }}
        className="h-[30px] w-full rounded-[7px] border border-control-line bg-pane pr-8 pl-8 max-medium:h-11 [&::-webkit-search-cancel-button]:hidden"
      />
      {text ? (
        <button
          type="button"
          aria-label={t('tickets.search.clear')}
          onClick={() => onText('')}
          className="absolute top-1/2 right-1 grid size-6 -translate-y-1/2 place-items-center rounded-md text-ink-2 hover:bg-hover"
        >
          <X size={14} aria-hidden="true" />
        </button>
      ) : null}
    </span>
  )
}

type FilterButtonProps = { icon: ReactNode; on: boolean; iconOnly?: boolean; children: ReactNode }

function FilterButton({ icon, on, iconOnly = false, children, ...rest }: FilterButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classes(
        'inline-flex h-[30px] max-w-52 min-w-0 items-center justify-center gap-1.5 rounded-[7px] border px-2 font-medium max-medium:h-11 max-medium:min-w-11 wide:px-2.5',
        on ? 'border-accent-line bg-selected text-accent' : 'border-line bg-pane text-ink-2 hover:bg-hover',
      )}
    >
      {icon}
      <span className={iconOnly ? 'sr-only' : 'truncate'}>{children}</span>
      {iconOnly ? null : <ChevronDown size={14} aria-hidden="true" className="flex-none max-wide:hidden" />}
    </button>
  )
}

function StageFilter({ chosen, onChange }: { chosen: Stage[]; onChange(stages: Stage[]): void }) {
  const { t } = useLanguage()
  const [only] = chosen
  const open = chosen.length === openStages.length && openStages.every((stage) => chosen.includes(stage))
  const label = open
    ? t('tickets.stage.open')
    : chosen.length === 1 && only
      ? t(`stage.${only}`)
      : chosen.length > 0
        ? t('tickets.stage.some', { count: chosen.length })
        : t('tickets.stage.any')
  return (
    <Menu
      align="start"
      trigger={
        <FilterButton icon={<ListFilter size={15} aria-hidden="true" className="flex-none" />} on={chosen.length > 0}>
          {label}
        </FilterButton>
      }
    >
      <MenuItem onSelect={() => onChange([])}>{t('tickets.stage.any')}</MenuItem>
      <MenuItem onSelect={() => onChange(openStages)}>{t('tickets.stage.open')}</MenuItem>
      <MenuLine />
      {stages.map((stage) => (
        <MenuCheck
          key={stage}
          checked={chosen.includes(stage)}
          onChange={(checked) => onChange(stages.filter((each) => (each === stage ? checked : chosen.includes(each))))}
        >
          {t(`stage.${stage}`)}
        </MenuCheck>
      ))}
    </Menu>
  )
}

type AssigneeFilterProps = { chosen: UserId | null | undefined; onChange(chosen: UserId | null | undefined): void }
const everybody = 'everybody'
const nobody = 'nobody'

function AssigneeFilter({ chosen, onChange }: AssigneeFilterProps) {
  const { t } = useLanguage()
  const { account } = useShell()
  const employees = (useWatched('people', null) ?? []).filter((person) => person.kind === 'employee')
  if (account.kind !== 'employee') return null
  const options = [
    { value: everybody, label: t('tickets.assignee.any') },
    { value: nobody, label: t('tickets.assignee.none') },
    { value: account.id, label: t('tickets.assignee.me') },
    ...employees
      .filter((person) => person.id !== account.id)
      .map((person) => ({ value: person.id, label: person.name })),
  ]
  const value = chosen === undefined ? everybody : (chosen ?? nobody)
  return (
    <Menu
      align="start"
      trigger={
        <FilterButton icon={<UserRound size={15} aria-hidden="true" className="flex-none" />} on={chosen !== undefined}>
          {options.find((option) => option.value === value)?.label ?? t('tickets.assignee')}
        </FilterButton>
      }
    >
      <MenuChoice
        label={t('tickets.assignee')}
        value={value}
        options={options}
        onChange={(next) => onChange(next === everybody ? undefined : next === nobody ? null : next)}
      />
    </Menu>
  )
}

type SortMenuProps = { sort: TicketSort; onChange(sort: TicketSort): void; iconOnly: boolean }

function SortMenu({ sort, onChange, iconOnly }: SortMenuProps) {
  const { t } = useLanguage()
  return (
    <Menu
      align="start"
      trigger={
        <FilterButton
          icon={<ArrowDownUp size={15} aria-hidden="true" className="flex-none" />}
          on={sort !== 'activity'}
          iconOnly={iconOnly}
        >
          {t(`tickets.sort.${sort}`)}
        </FilterButton>
      }
    >
      <MenuChoice
        label={t('tickets.sort')}
        value={sort}
        options={sorts.map((value) => ({ value, label: t(`tickets.sort.${value}`) }))}
        onChange={onChange}
      />
    </Menu>
  )
}
