import { Keyboard, LogOut, Server } from 'lucide-react'
import { languages, themes, type Settings } from '#common/ipc.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Avatar } from '../common/avatar.tsx'
import { classes } from '../common/classes.ts'
import { Menu, MenuCheck, MenuChoice, MenuHeading, MenuItem, MenuLine } from '../common/menu.tsx'
import { useLayout } from '../common/use-layout.ts'
import { useWatched } from '../common/use-watched.ts'
import { useShell } from './shell-context.tsx'

const stateColours = { online: 'bg-[#3fb871]', connecting: 'bg-[#e3a008]', offline: 'bg-[#e3a008]' } as const
/** Files sent at once: a slow link carries few. */
const uploadChoices = ['1', '2', '4', '6'] as const
const defaultUploads = 2
const languageNames = { ru: 'Русский', en: 'English' } as const

/** Who is signed in where, and the settings of this workplace. */
export function AccountMenu() {
  const { t } = useLanguage()
  const { data, settings, changeSettings, information } = useApp()
  const { account, server, openShortcuts, askSignOut } = useShell()
  const changeUploads = (changes: Pick<Settings, 'uploadsAtOnce' | 'uploadsPauseOnMetered'>) => {
    changeSettings(changes)
    void data.act.setUploadRules({
      parallel: changes.uploadsAtOnce ?? settings.uploadsAtOnce ?? defaultUploads,
      pauseOnMetered: changes.uploadsPauseOnMetered ?? settings.uploadsPauseOnMetered ?? false,
    })
  }
  const narrow = useLayout() === 'narrow'
  const state = useWatched('connection', null)?.state ?? 'connecting'
  return (
    <Menu
      side={narrow ? 'top' : 'right'}
      align="end"
      trigger={
        <button
          type="button"
          aria-label={t('nav.account', { name: account.name, state: t(`connection.${state}`) })}
          className="relative mt-1 rounded-full max-medium:mt-0"
        >
          <Avatar id={account.id} name={account.name} />
          <span
            className={classes(
              'absolute -right-px -bottom-px size-[11px] rounded-full border-2 border-rail',
              stateColours[state],
            )}
          />
        </button>
      }
    >
      <MenuHeading>
        <span className="block text-body text-ink">{account.name}</span>
        <span className="block max-w-64 truncate font-normal">{t(`connection.${state}`)}</span>
      </MenuHeading>
      <MenuLine />
      <MenuChoice
        label={t('account.theme')}
        value={settings.theme}
        options={themes.map((value) => ({ value, label: t(`account.theme.${value}`) }))}
        onChange={(theme) => changeSettings({ theme })}
      />
      <MenuLine />
      <MenuChoice
        label={t('account.language')}
        value={settings.language}
        options={languages.map((value) => ({
          value,
          label: <span lang={value}>{languageNames[value]}</span>,
        }))}
        onChange={(language) => changeSettings({ language })}
      />
      <MenuLine />
      <MenuChoice
        label={t('account.uploads.at-once')}
        value={String(settings.uploadsAtOnce ?? defaultUploads)}
        options={uploadChoices.map((value) => ({ value, label: value }))}
        onChange={(value) => changeUploads({ uploadsAtOnce: Number(value) })}
      />
      <MenuCheck
        checked={settings.uploadsPauseOnMetered ?? false}
        onChange={(uploadsPauseOnMetered) => changeUploads({ uploadsPauseOnMetered })}
      >
        {t('account.uploads.metered')}
      </MenuCheck>
      <MenuLine />
      <MenuHeading>
        {t('account.servers')}
        <span className="block max-w-64 truncate font-normal text-ink-3">{server}</span>
      </MenuHeading>
      <MenuItem icon={<Server size={15} aria-hidden="true" />} onSelect={askSignOut}>
        {t('account.servers.other')}
      </MenuItem>
      <MenuLine />
      <MenuItem icon={<Keyboard size={15} aria-hidden="true" />} onSelect={openShortcuts}>
        {t('account.shortcuts')}
      </MenuItem>
      <MenuItem icon={<LogOut size={15} aria-hidden="true" />} onSelect={askSignOut}>
        {t('account.sign-out')}
      </MenuItem>
      <MenuHeading>
        <span className="font-normal text-ink-3">{t('account.version', { version: information.version })}</span>
      </MenuHeading>
    </Menu>
  )
}
