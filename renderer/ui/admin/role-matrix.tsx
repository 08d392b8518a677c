import { Fragment, useRef, useState, type KeyboardEvent } from 'react'
import { permissionBlocks, permissions, type Permission } from '#common/domain/role.ts'
import type { DirectorySnapshot } from '../../data/api.ts'
import type { MessageKey } from '../../i18n/messages.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { classes } from '../common/classes.ts'
import { PendingChanges } from './pending-changes.tsx'
import { isGiven, type RoleDraft } from './role-draft.ts'
import { RoleMenu, type RoleLayer } from './role-menu.tsx'

type Role = DirectorySnapshot['roles'][number]
type RoleMatrixProps = {
  roles: readonly Role[]
  draft: RoleDraft
  onBox(role: Role, permission: Permission, given: boolean): void
  onLayer(layer: RoleLayer): void
}

const blocks = ['messages', 'tickets', 'admin'] as const
/** What a name alone does not say. */
const hints: Partial<Record<Permission, Extract<MessageKey, `permission-hint.${string}`>>> = {
  'messages.team.read': 'permission-hint.chat',
  'messages.customer.read': 'permission-hint.chat',
  'messages.team.write': 'permission-hint.write',
  'messages.customer.write': 'permission-hint.write',
  'messages.all': 'permission-hint.all',
  'tickets.view.district': 'permission-hint.district',
}

const firstColumn =
  'sticky left-0 z-10 w-[300px] min-w-[300px] border-r border-line bg-pane px-3 pl-[18px] text-left max-wide:w-[250px] max-wide:min-w-[250px] max-medium:w-[148px] max-medium:min-w-[148px] max-medium:pl-3'

/** Permissions down, roles across; one tab stop, arrow keys move from box to box. */
export function RoleMatrix({ roles, draft, onBox, onLayer }: RoleMatrixProps) {
  const { t } = useLanguage()
  const table = useRef<HTMLTableElement>(null)
  const [at, setAt] = useState({ row: 0, column: 0 })
  const column = Math.min(at.column, roles.length - 1)

  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLInputElement) || event.ctrlKey || event.metaKey || event.altKey) return
    const steps: Record<string, [row: number, column: number]> = {
      ArrowDown: [at.row + 1, column],
      ArrowUp: [at.row - 1, column],
      ArrowRight: [at.row, column + 1],
      ArrowLeft: [at.row, column - 1],
      Home: [at.row, 0],
      End: [at.row, roles.length - 1],
      PageDown: [permissions.length - 1, column],
      PageUp: [0, column],
    }
    const next = steps[event.code]
    if (!next) return
    event.preventDefault()
    const row = Math.max(0, Math.min(permissions.length - 1, next[0]))
    const toColumn = Math.max(0, Math.min(roles.length - 1, next[1]))
    table.current?.querySelector<HTMLInputElement>(`[data-box="${row} ${toColumn}"]`)?.focus()
  }

  return (
    <table
      ref={table}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role -- a table whose boxes are walked with arrows is a grid
      role="grid"
      aria-label={t('admin.roles.matrix')}
      onKeyDown={onKeyDown}
      className="border-separate border-spacing-0"
    >
      <thead>
        <tr>
          <th scope="col" className={classes(firstColumn, 'top-0 z-30! border-b')}>
            <span className="text-note font-semibold text-ink-2">{t('admin.roles.permission')}</span>
          </th>
          {roles.map((role) => (
            <RoleHeading key={role.id} role={role} onLayer={onLayer} />
          ))}
        </tr>
      </thead>
      <tbody>
        {blocks.map((block) => (
          <Fragment key={block}>
            <tr>
              <th scope="rowgroup" className={classes(firstColumn, 'border-r-0 pt-4 pb-1.5')}>
                <span className="text-small font-[650] tracking-wide">{t(`admin.roles.block.${block}`)}</span>
              </th>
              <td colSpan={roles.length} aria-label={t(`admin.roles.block.${block}`)} />
            </tr>
            {permissionBlocks[block].map((permission) => {
              const row = permissions.indexOf(permission)
              const hint = hints[permission]
              return (
                <tr key={permission} className="group">
                  <th
                    scope="row"
                    className={classes(
                      firstColumn,
                      'border-b border-b-line-soft py-[7px] font-normal group-hover:bg-hover',
                    )}
                  >
                    <span className="block leading-snug">{t(`permission.${permission}`)}</span>
                    {hint ? (
                      <span className="block text-note leading-snug text-ink-2 max-medium:hidden">{t(hint)}</span>
                    ) : null}
                  </th>
                  {roles.map((role, index) => (
                    <Box
                      key={role.id}
                      label={t('admin.roles.box', {
                        role: role.name,
                        block: t(`admin.roles.block.${block}`),
                        permission: t(`permission.${permission}`),
                      })}
                      place={`${row} ${index}`}
                      reachable={row === at.row && index === column}
                      given={isGiven(draft, role, permission)}
                      changed={isGiven(draft, role, permission) !== role.permissions.includes(permission)}
                      onFocus={() => setAt({ row, column: index })}
                      onChange={(given) => onBox(role, permission, given)}
                    />
                  ))}
                </tr>
              )
            })}
          </Fragment>
        ))}
      </tbody>
    </table>
  )
}

function RoleHeading({ role, onLayer }: { role: Role; onLayer(layer: RoleLayer): void }) {
  const { t } = useLanguage()
  return (
    <th
      scope="col"
      className="sticky top-0 z-20 w-36 min-w-36 border-b border-line bg-pane px-2 pt-2.5 pb-1.5 text-center align-top font-normal"
    >
      <span className="block leading-tight font-semibold wrap-anywhere">{role.name}</span>
      <span className="mt-0.5 flex items-center justify-center gap-0.5">
        <span className="text-note text-ink-2">{t('admin.roles.members', { count: role.members })}</span>
        <RoleMenu role={role} onLayer={onLayer} />
      </span>
      <span className="block empty:hidden">
        <PendingChanges pending={role.pending} />
      </span>
    </th>
  )
}

type BoxProps = {
  label: string
  place: string
  reachable: boolean
  given: boolean
  changed: boolean
  onFocus(): void
  onChange(given: boolean): void
}

function Box({ label, place, reachable, given, changed, onFocus, onChange }: BoxProps) {
  const { t } = useLanguage()
  return (
    <td
      className={classes(
        'border-b border-line-soft p-0 text-center group-hover:bg-hover',
        changed && 'bg-selected! shadow-[inset_0_0_0_1px_var(--accent-line)]',
      )}
    >
      {/* The whole cell can be pressed: a box alone is too small for a finger. */}
      <label className="grid min-h-9 cursor-pointer place-items-center max-medium:min-h-11">
        <input
          type="checkbox"
          aria-label={changed ? t('admin.roles.box.changed', { label }) : label}
          data-box={place}
          tabIndex={reachable ? 0 : -1}
          checked={given}
          onFocus={onFocus}
          onChange={(event) => onChange(event.target.checked)}
          className="size-[17px] accent-accent"
        />
      </label>
    </td>
  )
}
