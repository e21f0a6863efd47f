import { Menu, UnstyledButton } from '@mantine/core'
import { IconCheck, IconSelector } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { membershipsOptions, useCompany, useCompanyId } from '@/lib/company'

/** The name of the open company; who works in several changes between them here. */
export function CompanyMenu({ className, logo }: { className: string; logo: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const id = useCompanyId()
  const company = useCompany()
  const { data: memberships = [] } = useQuery(membershipsOptions())

  const label = (
    <>
      <span className={logo} aria-hidden style={{ display: 'grid' }}>
        {[...(company?.name ?? 'R')][0]}
      </span>
      <span className="line" style={{ flex: 1, textAlign: 'left' }}>
        {company?.name}
      </span>
    </>
  )
  if (memberships.length < 2) return <div className={className}>{label}</div>

  return (
    <Menu position="bottom-start" width={240}>
      <Menu.Target>
        <UnstyledButton className={className} aria-label={t('shell.companies')}>
          {label}
          <IconSelector size={14} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {memberships.map((member) => (
          <Menu.Item
            key={member.company}
            rightSection={member.company === id && <IconCheck size={14} />}
            onClick={() => void navigate({ to: '/c/$company/inbox/{-$conversation}', params: { company: member.company } })}
          >
            {member.expand?.company?.name ?? member.company}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
