import { Minus, Search, Square, X } from 'lucide-react'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { classes } from '../common/classes.ts'
import { Logo } from './logo.tsx'

/**
 * The window's own bar: name, search, buttons of the window. Without `onSearch` there is nothing to search yet. On a phone, where
 * nobody moves windows, there is no room for it; a window of that size can be moved and closed by nothing else.
 */
export function TitleBar({ onSearch }: { onSearch?: () => void }) {
  const { t } = useLanguage()
  const { information, platform } = useApp()
  const macintosh = information.platform === 'darwin'
  return (
    <header
      className={classes(
        'moves-window flex h-9 flex-none items-center gap-3 bg-rail text-small text-rail-ink',
        platform.window ? '' : 'max-medium:hidden',
        // The system draws its three buttons there.
        macintosh ? 'pl-20' : 'pl-3.5',
      )}
    >
      <span className="flex items-center gap-2 font-semibold text-white medium:w-40">
        <Logo size={16} />
        {t('app.name')}
      </span>
      {onSearch ? (
        <button
          type="button"
          onClick={onSearch}
          aria-keyshortcuts="Control+K"
          className="mx-auto flex h-[25px] w-[440px] max-w-[46vw] min-w-0 items-center gap-2 rounded-md bg-white/9 px-2.5 text-[#c2cad5] hover:bg-white/14"
        >
          <Search size={14} aria-hidden="true" />
          <span className="truncate">{t('switcher.open')}</span>
          <kbd className="ml-auto max-medium:hidden">Ctrl K</kbd>
        </button>
      ) : (
        <span className="flex-1" />
      )}
      <span className="flex flex-none justify-end self-stretch medium:w-40">
        {platform.window && !macintosh ? <WindowButtons /> : null}
      </span>
    </header>
  )
}

function WindowButtons() {
  const { t } = useLanguage()
  const { platform } = useApp()
  const buttons = [
    { action: 'minimize', label: t('window.minimize'), icon: <Minus size={15} aria-hidden="true" /> },
    { action: 'toggle-maximize', label: t('window.maximize'), icon: <Square size={12} aria-hidden="true" /> },
    { action: 'close', label: t('window.close'), icon: <X size={16} aria-hidden="true" /> },
  ] as const
  return buttons.map(({ action, label, icon }) => (
    <button
      key={action}
      type="button"
      aria-label={label}
      title={label}
      onClick={() => void platform.window?.control(action)}
      className={classes(
        'grid w-11 place-items-center rounded-none text-[#c2cad5] -outline-offset-2!',
        action === 'close' ? 'hover:bg-[#c42b1c] hover:text-white' : 'hover:bg-white/12',
      )}
    >
      {icon}
    </button>
  ))
}
