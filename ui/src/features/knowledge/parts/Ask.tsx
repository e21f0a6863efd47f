import { Anchor, Badge, Button, Group, Select, Text, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { FormError } from '@/components/FormError'
import { Section } from '@/components/SettingsPage'
import { useCompanyId } from '@/lib/company'
import { listOptions } from '@/lib/data'
import { findOptions } from '../api'
import c from '../Knowledge.module.css'

/** What an agent would find for a question, word for word, before a customer asks it. */
export function Ask({ onOpen }: { onOpen: (id: string) => void }) {
  const { t } = useTranslation('knowledge')
  const [question, setQuestion] = useState('')
  const [asked, setAsked] = useState('')
  const [agent, setAgent] = useState('')
  const agents = useQuery(listOptions('agents', { sort: 'name' }, { match: () => true, compare: (a, b) => a.name.localeCompare(b.name) })).data?.items ?? []
  const found = useQuery(findOptions(useCompanyId(), asked, agent))
  const list = asked ? found.data?.items : undefined

  return (
    <Section title={t('ask.title')} text={t('ask.text')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (asked === question.trim()) void found.refetch()
          else setAsked(question.trim())
        }}
      >
        <Group align="flex-end" gap="xs">
          <TextInput flex="1 1 220px" label={t('ask.question')} placeholder={t('ask.example')} maxLength={500} value={question} onChange={(event) => setQuestion(event.currentTarget.value)} />
          {agents.length > 0 && <Select flex="0 1 200px" label={t('ask.agent')} allowDeselect={false} data={[{ value: '', label: t('ask.anyAgent') }, ...agents.map(({ id, name }) => ({ value: id, label: name }))]} value={agent} onChange={(id) => setAgent(id ?? '')} />}
          <Button type="submit" variant="default" size="sm" leftSection={<IconSearch size={15} />} loading={found.isFetching} disabled={!question.trim()}>
            {t('ask.find')}
          </Button>
        </Group>
      </form>
      <FormError error={found.error} />
      <div role="status">
        {list?.length === 0 && (
          <Text size="sm" c="dimmed" mt="sm">
            {t('ask.nothing')}
          </Text>
        )}
        {list?.map((passage) => (
          <div key={passage.knowledge + passage.number} className={c.found}>
            <div className={c.head}>
              <Anchor component="button" type="button" size="sm" fw={500} data-user-text onClick={() => onOpen(passage.knowledge)}>
                {passage.title}
              </Anchor>
              {passage.heading && (
                <Text size="xs" c="dimmed" data-user-text>
                  {passage.heading}
                </Text>
              )}
              <Group gap={4} ml="auto">
                {passage.by.map((way) => (
                  <Badge key={way} variant="light" color="gray">
                    {t(`ask.by_${way}`)}
                  </Badge>
                ))}
              </Group>
            </div>
            <p className={c.said} data-user-text>
              {passage.text}
            </p>
          </div>
        ))}
      </div>
    </Section>
  )
}
