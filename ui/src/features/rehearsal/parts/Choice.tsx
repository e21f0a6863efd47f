import { Group, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/lib/useTranslation'
import { promptsOptions, versionsOptions } from '@/features/agents/api'
import type { AgentPromptVersionsRecord, AgentsRecord } from '@/lib/pb-types'

/** The versions of an agent's instructions, the newest first. */
export function useVersions(agent: AgentsRecord | undefined): AgentPromptVersionsRecord[] | undefined {
  return useQuery(versionsOptions(agent?.prompt ?? '')).data?.items
}

/** Which version is tried: the newest of the agent's instructions unless another is chosen. */
export function Choice({ agent, versions, value, disabled = false, onChange }: { agent: AgentsRecord; versions: AgentPromptVersionsRecord[]; value: string; disabled?: boolean; onChange: (version: string) => void }) {
  const { t } = useTranslation('rehearsal')
  const prompt = useQuery(promptsOptions()).data?.items.find(({ id }) => id === agent.prompt)
  return (
    <Group>
      <Select
        label={t('version')}
        description={prompt?.name}
        allowDeselect={false}
        disabled={disabled}
        data={versions.map(({ id, number, state }) => ({ value: id, label: t('versionIs', { number, state: t(`state.${state || 'draft'}`) }) }))}
        value={value}
        onChange={(chosen) => chosen && onChange(chosen)}
      />
    </Group>
  )
}
