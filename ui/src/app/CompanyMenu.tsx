import { Menu, UnstyledButton } from '@mantine/core'
import { IconBuildingPlus, IconCheck, IconSelector, IconTicket } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { membershipsOptions, useCompany, useCompanyId, useMe } from '@/lib/company'
import { pb } from '@/lib/pb'

const CompanyModal = lazy(() => import('@/features/companies/CompanyModal'))

/** The name of the open company. Who works in several changes between them here; owners make another, everybody can join one. */
export function CompanyMenu({ className, logo }: { className: string; logo: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const id = useCompanyId()
  const company = useCompany()
  const { member: me } = useMe()
  const { data: memberships = [] } = useQuery(membershipsOptions())
  const [making, setMaking] = useState(false)

  return (
    <>
      <Menu position="bottom-start" width={240}>
        <Menu.Target>
          <UnstyledButton className={className} aria-label={t('shell.companies')}>
            <span className={logo} aria-hidden style={{ display: 'grid', overflow: 'hidden' }}>
              {company?.logo ? <img src={pb.files.getURL(company, company.logo)} alt="" style={{ width: '100%', height: '100%', objectFit: 'cover' }} /> : [...(company?.name ?? 'R')][0]}
            </span>
            <span className="line" style={{ flex: 1, textAlign: 'left' }}>
              {company?.name}
            </span>
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
          <Menu.Divider />
          {me?.expand?.role?.key === 'owner' && (
            <Menu.Item leftSection={<IconBuildingPlus size={16} />} onClick={() => setMaking(true)}>
              {t('shell.newCompany')}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconTicket size={16} />} onClick={() => void navigate({ to: '/join' })}>
            {t('shell.join')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {making && (
        <Suspense fallback={null}>
          <CompanyModal onClose={() => setMaking(false)} />
        </Suspense>
      )}
    </>
  )
}
