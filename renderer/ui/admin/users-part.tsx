import { SearchX, UserPlus, Users } from 'lucide-react'
import { useState } from 'react'
import type { DirectorySnapshot } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { Button } from '../common/button.tsx'
import { EmptyState } from '../common/empty-state.tsx'
import { useLayout } from '../common/use-layout.ts'
import { FilterSelect, headCell, Scroller, SearchInput, Toolbar } from './controls.tsx'
import { UserDialogs, type UserLayer } from './user-dialogs.tsx'
import { filterUsers, noUserFilter, type UserFilter } from './user-filter.ts'
import { UserCard, UserRow } from './user-row.tsx'

/** Rows that are drawn before one asks for more. */
const page = 100

/** «Пользователи»: everybody who may sign in, with what can be done to their accounts. */
export function UsersPart({ directory }: { directory: DirectorySnapshot }) {
  const { t } = useLanguage()
  const narrow = useLayout() === 'narrow'
  const [filter, setFilter] = useState(noUserFilter)
  const [limit, setLimit] = useState(page)
  const [layer, setLayer] = useState<UserLayer | null>(null)
  const found = filterUsers(directory.users, filter)
  const shown = found.slice(0, limit)
  return (
    <>
      <UsersToolbar
        filter={filter}
        count={found.length}
        directory={directory}
        onFilter={(changes) => {
          setLimit(page)
          setFilter((before) => ({ ...before, ...changes }))
        }}
        onNew={() => setLayer({ kind: 'new' })}
      />
      {found.length === 0 ? (
        <NobodyFound
          filtered={JSON.stringify(filter) !== JSON.stringify(noUserFilter)}
          onReset={() => setFilter(noUserFilter)}
        />
      ) : (
        <Scroller label={t('admin.users.list')}>
          {narrow ? (
            <ul className="flex flex-col gap-2.5 p-3">
              {shown.map((user) => (
                <UserCard key={user.id} user={user} directory={directory} onLayer={setLayer} />
              ))}
            </ul>
          ) : (
            <table className="w-full table-fixed border-separate border-spacing-0">
              <caption className="sr-only">{t('admin.users.list')}</caption>
              <UserHeadings />
              <tbody>
                {shown.map((user) => (
                  <UserRow key={user.id} user={user} directory={directory} onLayer={setLayer} />
                ))}
              </tbody>
            </table>
          )}
          {found.length > shown.length ? (
            <p className="p-3 text-center">
              <Button onClick={() => setLimit(limit + page)}>{t('admin.more')}</Button>
            </p>
          ) : null}
        </Scroller>
      )}
      <UserDialogs layer={layer} directory={directory} onClose={() => setLayer(null)} />
    </>
  )
}

type UsersToolbarProps = {
  filter: UserFilter
  count: number
  directory: DirectorySnapshot
  onFilter(changes: Partial<UserFilter>): void
  onNew(): void
}

function UsersToolbar({ filter, count, directory, onFilter, onNew }: UsersToolbarProps) {
  const { t } = useLanguage()
  return (
    <Toolbar>
      <SearchInput label={t('admin.users.search')} value={filter.text} onChange={(text) => onFilter({ text })} />
      <FilterSelect
        label={t('admin.users.kind')}
        value={filter.kind}
        options={[
          { value: '', label: t('admin.users.kind.all') },
          { value: 'employee', label: t('admin.users.kind.employees') },
          { value: 'customer', label: t('admin.users.kind.customers') },
        ]}
        onChange={(kind) => onFilter({ kind: kind as UserFilter['kind'] })}
      />
      <FilterSelect
        label={t('admin.role')}
        value={filter.roleId}
        options={[
          { value: '', label: t('admin.users.role.all') },
          ...directory.roles.map((role) => ({ value: role.id, label: role.name })),
        ]}
        onChange={(roleId) => onFilter({ roleId })}
      />
      <FilterSelect
        label={t('admin.users.state')}
        value={filter.state}
        options={[
          { value: '', label: t('admin.users.state.all') },
          { value: 'active', label: t('admin.users.state.active') },
          { value: 'disabled', label: t('admin.users.state.disabled') },
        ]}
        onChange={(state) => onFilter({ state: state as UserFilter['state'] })}
      />
      {/* Between the two there is no room for it; it is still told. */}
      <p role="status" className="text-small text-ink-2 max-medium:flex-[1_1_45%] medium:max-wide:sr-only">
        {t('admin.users.count', { count })}
      </p>
      <Button kind="primary" className="ml-auto max-medium:w-full" onClick={onNew}>
        <UserPlus size={16} aria-hidden="true" />
        {t('admin.users.new')}
      </Button>
    </Toolbar>
  )
}

function UserHeadings() {
  const { t } = useLanguage()
  return (
    <thead>
      <tr>
        <th scope="col" className={headCell}>
          {t('admin.user.name')}
        </th>
        <th scope="col" className={`${headCell} w-40 max-wide:hidden`}>
          {t('admin.user.login')}
        </th>
        <th scope="col" className={`${headCell} w-44`}>
          {t('admin.role')}
        </th>
        <th scope="col" className={`${headCell} w-[22%]`}>
          {t('admin.user.belongs')}
        </th>
        <th scope="col" className={`${headCell} w-[15%]`}>
          {t('admin.user.districts')}
        </th>
        <th scope="col" className={`${headCell} w-28`}>
          {t('admin.users.state')}
        </th>
        <th scope="col" className={`${headCell} w-16`}>
          <span className="sr-only">{t('admin.actions')}</span>
        </th>
      </tr>
    </thead>
  )
}

function NobodyFound({ filtered, onReset }: { filtered: boolean; onReset(): void }) {
  const { t } = useLanguage()
  if (!filtered) return <EmptyState icon={Users} title={t('admin.users.empty')} text={t('admin.users.empty.text')} />
  return (
    <EmptyState icon={SearchX} title={t('admin.users.none-found')} text={t('admin.users.none-found.text')}>
      <Button onClick={onReset}>{t('tickets.reset')}</Button>
    </EmptyState>
  )
}
