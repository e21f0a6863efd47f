import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import { IconBell, IconBellOff, IconCheck, IconCoffee, IconCoffeeOff, IconDeviceDesktop, IconKeyboard, IconLanguage, IconLogout, IconMoon, IconSun, IconUserCircle } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from '@/lib/useTranslation'
import { Avatar } from '@/components/Avatar'
import { meOptions, useCompanyId, useMe } from '@/lib/company'
import { LANG_NAMES, LANGS } from '@/lib/i18n'
import { usePreferences } from '@/lib/preferences'
import { api, leave, pb } from '@/lib/pb'
import { queryClient } from '@/lib/query'
import { toast, toastError } from '@/lib/toast'

const THEMES = [
  ['light', IconSun],
  ['dark', IconMoon],
  ['auto', IconDeviceDesktop],
] as const

/** The person's own menu: profile, language, theme, sound, shortcuts, sign out. */
export function PersonMenu({ className, tab = false, onHelp }: { className: string; tab?: boolean; onHelp: () => void }) {
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const company = useCompanyId()
  const { member } = useMe()
  const { colorScheme } = useMantineColorScheme()
  const { preferences, change } = usePreferences()
  const name = member?.name || (pb.authStore.record?.name as string | undefined) || ''

  async function setAway(on: boolean): Promise<void> {
    try {
      await api('/api/recado/away', { body: { on } })
      queryClient.setQueryData(meOptions(company).queryKey, (me) => me && { ...me, away: on })
      toast(t(on ? 'shell.nowAway' : 'shell.nowBack'))
    } catch (error) {
      toastError(error, () => void setAway(on))
    }
  }

  return (
    <Menu position="top-start" width={230}>
      <Menu.Target>
        <UnstyledButton className={className} aria-label={t('shell.account', { name })}>
          <Avatar name={name} size={tab ? 24 : 26} />
          <span className="line">{tab ? t('shell.me') : name}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconUserCircle size={16} />} onClick={() => void navigate({ to: '/c/$company/settings/profile', params: { company } })}>
          {t('nav.profile')}
        </Menu.Item>
        {member && (
          <Menu.Item leftSection={member.away ? <IconCoffeeOff size={16} /> : <IconCoffee size={16} />} onClick={() => void setAway(!member.away)}>
            {t(member.away ? 'shell.back' : 'shell.away')}
          </Menu.Item>
        )}
        <Menu.Item leftSection={preferences.sound ? <IconBell size={16} /> : <IconBellOff size={16} />} closeMenuOnClick={false} onClick={() => change({ sound: !preferences.sound })}>
          {preferences.sound ? t('shell.soundOff') : t('shell.soundOn')}
        </Menu.Item>
        <Menu.Sub>
          <Menu.Sub.Target>
            <Menu.Sub.Item leftSection={<IconLanguage size={16} />}>{t('shell.language')}</Menu.Sub.Item>
          </Menu.Sub.Target>
          <Menu.Sub.Dropdown>
            {LANGS.map((lang) => (
              <Menu.Item key={lang} lang={lang} onClick={() => change({ language: lang })} rightSection={i18n.language === lang && <IconCheck size={14} />}>
                {LANG_NAMES[lang]}
              </Menu.Item>
            ))}
          </Menu.Sub.Dropdown>
        </Menu.Sub>
        <Menu.Sub>
          <Menu.Sub.Target>
            <Menu.Sub.Item leftSection={<IconSun size={16} />}>{t('theme.title')}</Menu.Sub.Item>
          </Menu.Sub.Target>
          <Menu.Sub.Dropdown>
            {THEMES.map(([theme, Mark]) => (
              <Menu.Item key={theme} leftSection={<Mark size={16} />} onClick={() => change({ theme })} rightSection={colorScheme === theme && <IconCheck size={14} />}>
                {t(`theme.${theme}`)}
              </Menu.Item>
            ))}
          </Menu.Sub.Dropdown>
        </Menu.Sub>
        <Menu.Item leftSection={<IconKeyboard size={16} />} onClick={onHelp}>
          {t('hotkeys.title')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void leave()}>
          {t('shell.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
