import { CopyPlus, MoreHorizontal, Pencil, Trash2 } from 'lucide-react'
import { baseRoles } from '#common/domain/role.ts'
import type { DirectorySnapshot } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { IconButton } from '../common/button.tsx'
import { Menu, MenuHeading, MenuItem, MenuLine } from '../common/menu.tsx'

/** What is open above the matrix. `copyOf` makes a role with the permissions of another; null an empty one. */
export type RoleLayer =
  { kind: 'new'; copyOf: string | null } | { kind: 'rename' | 'delete'; roleId: string } | { kind: 'differences' }

type RoleMenuProps = { role: DirectorySnapshot['roles'][number]; onLayer(layer: RoleLayer): void }

/** Rename, copy and delete; where a role can't be deleted the menu says why. */
export function RoleMenu({ role, onLayer }: RoleMenuProps) {
  const { t } = useLanguage()
  const base = baseRoles.some((each) => each.id === role.id)
  return (
    <Menu
      trigger={
        <IconButton
          label={t('admin.role.actions', { name: role.name })}
          className="size-6! max-medium:-mx-1 max-medium:size-11!"
        >
          <MoreHorizontal size={16} aria-hidden="true" />
        </IconButton>
      }
    >
      <MenuItem
        icon={<Pencil size={15} aria-hidden="true" />}
        onSelect={() => onLayer({ kind: 'rename', roleId: role.id })}
      >
        {t('admin.role.rename')}
      </MenuItem>
      <MenuItem
        icon={<CopyPlus size={15} aria-hidden="true" />}
        onSelect={() => onLayer({ kind: 'new', copyOf: role.id })}
      >
        {t('admin.role.copy')}
      </MenuItem>
      <MenuLine />
      {base || role.members > 0 ? (
        <MenuHeading>
          <span className="block max-w-60 font-normal">
            {base ? t('admin.role.delete.base') : t('admin.role.delete.used', { count: role.members })}
          </span>
        </MenuHeading>
      ) : (
        <MenuItem
          icon={<Trash2 size={15} aria-hidden="true" />}
          danger
          onSelect={() => onLayer({ kind: 'delete', roleId: role.id })}
        >
          {t('common.delete')}
        </MenuItem>
      )}
    </Menu>
  )
}
