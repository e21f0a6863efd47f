import { Menu, Text, Title, UnstyledButton } from '@mantine/core'
import { IconLanguage } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { LANG_NAMES, LANGS, setLanguage, type Lang } from '@/lib/i18n'
import c from './AuthLayout.module.css'

/** What stands around a page of someone who is not in yet: the name, the language, one card. */
export function AuthLayout({ title, text, width = 400, children }: { title?: string; text?: string | undefined; width?: number; children: ReactNode }) {
  const { t, i18n } = useTranslation()
  return (
    <div className={c.root}>
      <header className={c.top}>
        <div className={c.brand}>
          <img src="/favicon.svg" alt="" width={28} height={28} />
          <span translate="no">Recado</span>
        </div>
        <Menu position="bottom-end">
          <Menu.Target>
            <UnstyledButton className={c.language} aria-label={t('shell.language')}>
              <IconLanguage size={18} stroke={1.6} />
              {LANG_NAMES[i18n.language as Lang] ?? LANG_NAMES.en}
            </UnstyledButton>
          </Menu.Target>
          <Menu.Dropdown>
            {LANGS.map((lang) => (
              <Menu.Item key={lang} lang={lang} onClick={() => void setLanguage(lang)}>
                {LANG_NAMES[lang]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </header>
      <main className={c.main}>
        <div className={c.card} style={{ maxWidth: width }}>
          {title && (
            <Title order={1} size="h1" mb={text ? 4 : 'lg'}>
              {title}
            </Title>
          )}
          {text && (
            <Text c="dimmed" size="sm" mb="lg">
              {text}
            </Text>
          )}
          {children}
        </div>
      </main>
    </div>
  )
}
