import { Button } from '@mantine/core'
import { IconFileText } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState, NoPermission } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { SettingsPage } from '@/components/SettingsPage'
import { useCompanyId, useMe } from '@/lib/company'
import { oneOptions } from '@/lib/data'
import type { AgentPromptVersionsRecord, AgentsRecord } from '@/lib/pb-types'
import { useVersions } from './Choice'

/** A screen on which an agent is tried: it needs the agent and at least one version of its instructions. */
export function Frame({ title, agent, children }: { title: string; agent: string; children: (agent: AgentsRecord, versions: AgentPromptVersionsRecord[]) => ReactNode }) {
  const { t } = useTranslation('rehearsal')
  const { can } = useMe()
  const company = useCompanyId()
  const manage = can('agents.manage')
  const found = useQuery({ ...oneOptions('agents', agent), enabled: manage && agent !== '' })
  const versions = useVersions(found.data)
  const back = (
    <Button variant="default" renderRoot={(props) => <Link to="/c/$company/settings/ai-agents" params={{ company }} {...props} />}>
      {t('toAgents')}
    </Button>
  )
  return (
    <SettingsPage title={found.data ? t('titleOf', { title, name: found.data.name }) : title} wide>
      {!manage ? (
        <NoPermission />
      ) : found.error ? (
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      ) : found.data && (found.data.prompt === '' || versions?.length === 0) ? (
        <EmptyState icon={IconFileText} title={t('noVersion')} text={t('noVersionText')}>
          {back}
        </EmptyState>
      ) : !found.data || !versions ? (
        <ListSkeleton rows={3} />
      ) : (
        children(found.data, versions)
      )}
    </SettingsPage>
  )
}
