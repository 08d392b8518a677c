import { KeyRound, MonitorSmartphone, MoreHorizontal, Pencil, UserRoundCheck, UserRoundX } from 'lucide-react'
import type { DirectorySnapshot } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { Avatar } from '../common/avatar.tsx'
import { IconButton } from '../common/button.tsx'
import { Chip } from '../common/chips.tsx'
import { classes } from '../common/classes.ts'
import { Menu, MenuHeading, MenuItem, MenuLine } from '../common/menu.tsx'
import { useShell } from '../shell/shell-context.tsx'
import { viewerOf } from './admin-parts.ts'
import { bodyCell, card } from './controls.tsx'
import { PendingChanges } from './pending-changes.tsx'
import type { UserLayer } from './user-dialogs.tsx'
import { isLastAdministrator, mayManage } from './user-rules.ts'

type ListedUser = DirectorySnapshot['users'][number]
type UserRowProps = { user: ListedUser; directory: DirectorySnapshot; onLayer(layer: UserLayer): void }

/** A user as a row of the table. */
export function UserRow({ user, directory, onLayer }: UserRowProps) {
  const { t } = useLanguage()
  const cell = classes(bodyCell, !user.active && 'text-ink-2')
  return (
    <tr className="hover:bg-hover">
      <th scope="row" className={classes(cell, 'text-left font-normal')}>
        <div className="flex items-center gap-2.5">
          <Avatar id={user.id} name={user.name} />
          <div className="min-w-0 leading-tight">
            <NameAndLogin user={user} />
          </div>
        </div>
        <div className="mt-1 empty:hidden">
          <PendingChanges pending={user.pending} />
        </div>
      </th>
      <td className={classes(cell, 'truncate max-wide:hidden')}>{user.login}</td>
      <td className={classes(cell, 'wrap-anywhere')}>{roleName(directory, user.roleId)}</td>
      <td className={classes(cell, 'wrap-anywhere')}>{belongsTo(user) || t('common.none')}</td>
      <td className={classes(cell, 'wrap-anywhere')}>{user.districts?.join(', ') || t('common.none')}</td>
      <td className={cell}>
        <StateChip active={user.active} />
      </td>
      <td className={classes(cell, 'text-right')}>
        <UserMenu user={user} directory={directory} onLayer={onLayer} />
      </td>
    </tr>
  )
}

/** A user as a card, on a phone. */
export function UserCard({ user, directory, onLayer }: UserRowProps) {
  const { t } = useLanguage()
  const lines = [
    [t('admin.role'), roleName(directory, user.roleId)],
    [t(user.kind === 'customer' ? 'admin.user.company' : 'admin.user.position'), belongsTo(user)],
    [t('admin.user.districts'), user.districts?.join(', ')],
  ] as const
  return (
    <li className={card}>
      <div className="flex items-center gap-2.5">
        <Avatar id={user.id} name={user.name} />
        <div className="min-w-0 flex-1 leading-tight">
          <NameAndLogin user={user} />
        </div>
        <StateChip active={user.active} />
        <UserMenu user={user} directory={directory} onLayer={onLayer} />
      </div>
      <dl className="mt-2 grid grid-cols-[112px_minmax(0,1fr)] gap-x-2 gap-y-1 text-small">
        {lines
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-ink-2">{name}</dt>
              <dd className="wrap-anywhere">{value}</dd>
            </div>
          ))}
      </dl>
      <div className="mt-2 empty:hidden">
        <PendingChanges pending={user.pending} />
      </div>
    </li>
  )
}

function NameAndLogin({ user }: { user: ListedUser }) {
  const { t } = useLanguage()
  const { account } = useShell()
  return (
    <>
      <span className={classes('block medium:truncate', user.active && 'font-medium')}>
        {user.name}
        {user.id === account.id ? <span className="font-normal text-ink-2"> · {t('common.you')}</span> : null}
      </span>
      <span className="block truncate text-note text-ink-2 wide:hidden">{user.login}</span>
    </>
  )
}

function StateChip({ active }: { active: boolean }) {
  const { t } = useLanguage()
  return <Chip tone={active ? 'green' : 'grey'}>{t(active ? 'admin.user.active' : 'admin.user.disabled')}</Chip>
}

function UserMenu({ user, directory, onLayer }: UserRowProps) {
  const { t } = useLanguage()
  const { account } = useShell()
  const locked = !mayManage(viewerOf(account), user, directory.roles)
  const last = user.active && isLastAdministrator(user.id, directory)
  const open = (kind: Exclude<UserLayer['kind'], 'new'>) => () => onLayer({ kind, userId: user.id })
  return (
    <Menu
      trigger={
        <IconButton label={t('admin.user.actions', { name: user.name })} className="inline-grid">
          <MoreHorizontal size={18} aria-hidden="true" />
        </IconButton>
      }
    >
      {locked ? (
        <MenuHeading>
          <span className="block max-w-64 font-normal">{t('admin.user.mightier')}</span>
        </MenuHeading>
      ) : (
        <>
          <MenuItem icon={<Pencil size={15} aria-hidden="true" />} onSelect={open('edit')}>
            {t('common.edit')}
          </MenuItem>
          {user.active ? (
            <MenuItem icon={<KeyRound size={15} aria-hidden="true" />} onSelect={open('invite')}>
              {t('admin.user.invite')}
            </MenuItem>
          ) : null}
          <MenuItem icon={<MonitorSmartphone size={15} aria-hidden="true" />} onSelect={open('sessions')}>
            {t('admin.user.sessions')}
          </MenuItem>
          <MenuLine />
          {last ? (
            <MenuHeading>
              <span className="block max-w-64 font-normal">{t('admin.user.last')}</span>
            </MenuHeading>
          ) : (
            <MenuItem
              icon={
                user.active ? (
                  <UserRoundX size={15} aria-hidden="true" />
                ) : (
                  <UserRoundCheck size={15} aria-hidden="true" />
                )
              }
              danger={user.active}
              onSelect={open('state')}
            >
              {t(user.active ? 'admin.user.disable' : 'admin.user.enable')}
            </MenuItem>
          )}
        </>
      )}
    </Menu>
  )
}

function belongsTo(user: ListedUser): string {
  return (user.kind === 'customer' ? user.company : user.position) ?? ''
}

function roleName(directory: DirectorySnapshot, roleId: string): string {
  return directory.roles.find((role) => role.id === roleId)?.name ?? roleId
}
