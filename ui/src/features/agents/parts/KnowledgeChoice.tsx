import { MultiSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/lib/useTranslation'
import { knowledgeOptions, label } from '@/features/knowledge/api'

interface Props {
  value?: string[]
  onChange?: (ids: string[]) => void
}

const NONE: string[] = []

/** The sources an agent may read. */
export default function KnowledgeChoice({ value = NONE, onChange }: Props) {
  const { t } = useTranslation('agents')
  const sources = useQuery(knowledgeOptions()).data?.items ?? []
  return (
    <MultiSelect
      label={t('agent.knowledge')}
      description={value.length === 0 ? t('agent.knowledgeNone') : undefined}
      searchable
      hidePickedOptions
      limit={50}
      data={sources.map((source) => ({ value: source.id, label: label(source) }))}
      value={value}
      {...(onChange ? { onChange } : {})}
    />
  )
}
