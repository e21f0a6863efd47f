import { Autocomplete, Button, Checkbox, Group, NumberInput, Select, Skeleton, Stack, Switch, TagsInput, Text, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconClipboardCheck, IconMessageCircle } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ConfirmButton } from '@/components/ConfirmButton'
import { FormDrawer } from '@/components/FormDrawer'
import { useCompanyId } from '@/lib/company'
import { removeRecord, saveRecord } from '@/lib/data'
import { LANG_NAMES, LANGS } from '@/lib/i18n'
import type { AgentsRecord } from '@/lib/pb-types'
import { toast } from '@/lib/toast'
import { keysOptions, LIMITS, limitsOf, listOf, promptsOptions, toolsOptions } from '../api'

const KnowledgeChoice = lazy(() => import('./KnowledgeChoice'))

const AUDIENCES = ['nobody', 'new', 'everyone'] as const

/** One agent: who it is, what it works with, what it may do and for whom. */
export default function AgentDrawer({ agent, onClose }: { agent: AgentsRecord | undefined; onClose: () => void }) {
  const { t } = useTranslation('agents')
  const keys = useQuery(keysOptions()).data?.items ?? []
  const prompts = useQuery(promptsOptions()).data?.items ?? []
  const company = useCompanyId()
  const tools = useQuery(toolsOptions(company)).data?.items.filter((tool) => !tool.always) ?? []
  const limits = limitsOf(agent)
  const form = useForm({
    initialValues: {
      name: agent?.name ?? '',
      active: agent?.active ?? false,
      shadow: agent?.shadow ?? true,
      audience: agent?.audience || 'nobody',
      ai_key: agent?.ai_key ?? '',
      model: agent?.model ?? '',
      fallback_key: agent?.fallback_key ?? '',
      fallback_model: agent?.fallback_model ?? '',
      temperature: agent?.temperature ?? 0.2,
      persona: agent?.persona ?? '',
      language: agent?.language || 'customer',
      prompt: agent?.prompt ?? '',
      tools: agent ? listOf(agent.tools) : [],
      knowledge_reach: agent?.knowledge_reach || 'all',
      knowledge: agent?.knowledge ?? [],
      handover_words: listOf(agent?.handover_words),
      fallback: agent?.fallback || 'dialogue',
      price_in: agent?.price_in ?? 0,
      price_out: agent?.price_out ?? 0,
      gate: agent?.gate ?? 0,
      limits: { ...limits, ...Object.fromEntries(LIMITS.map((name) => [name, limits[name] ?? 0])) },
    },
    validate: {
      name: (name) => (name.trim() ? null : t('agent.nameMissing')),
      model: (model, values) => (!values.active || (model.trim() && values.ai_key) ? null : t('agent.modelMissing')),
    },
  })
  const save = useMutation({
    mutationFn: (values: typeof form.values) => saveRecord('agents', agent?.id, values),
    onSuccess() {
      toast(t('app:common.saved'))
      onClose()
    },
  })
  const remove = useMutation({ mutationFn: () => removeRecord('agents', agent!.id), onSuccess: onClose })
  const keyData = [{ value: '', label: t('agent.noKey') }, ...keys.map(({ id, name }) => ({ value: id, label: name }))]
  const modelsOf = (id: string) => listOf(keys.find((key) => key.id === id)?.models)

  return (
    <FormDrawer
      title={agent ? agent.name : t('agents.add')}
      size="lg"
      saving={save.isPending}
      error={save.error ?? remove.error}
      aside={
        agent && (
          <ConfirmButton size="sm" question={t('agent.removeText')} confirm={t('agent.remove')} onConfirm={() => remove.mutateAsync().catch(() => undefined)}>
            {t('agent.remove')}
          </ConfirmButton>
        )
      }
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      onClose={onClose}
    >
      {agent?.prompt && (
        <Group gap="xs">
          <Button size="sm" variant="default" leftSection={<IconMessageCircle size={15} />} renderRoot={(props) => <Link to="/c/$company/settings/ai-agents/playground/$agent" params={{ company, agent: agent.id }} {...props} />}>
            {t('agent.playground')}
          </Button>
          <Button size="sm" variant="default" leftSection={<IconClipboardCheck size={15} />} renderRoot={(props) => <Link to="/c/$company/settings/ai-agents/evaluations/$agent" params={{ company, agent: agent.id }} {...props} />}>
            {t('agent.evaluations')}
          </Button>
        </Group>
      )}
      <TextInput label={t('agent.name')} required data-autofocus maxLength={80} {...form.getInputProps('name')} />
      <Group gap="xl">
        <Switch label={t('agent.active')} {...form.getInputProps('active', { type: 'checkbox' })} />
        <Switch label={t('agent.shadow')} description={t('agent.shadowHint')} {...form.getInputProps('shadow', { type: 'checkbox' })} />
      </Group>
      <Select label={t('agent.audience')} description={t('agent.audienceHint')} allowDeselect={false} data={AUDIENCES.map((value) => ({ value, label: t(`audience.${value}`) }))} {...form.getInputProps('audience')} />
      <Group grow align="flex-start">
        <Select label={t('agent.key')} allowDeselect={false} data={keyData} {...form.getInputProps('ai_key')} />
        <Autocomplete label={t('agent.model')} data={modelsOf(form.values.ai_key)} limit={20} maxLength={200} {...form.getInputProps('model')} />
      </Group>
      <Group grow align="flex-start">
        <Select label={t('agent.fallbackKey')} description={t('agent.fallbackKeyHint')} allowDeselect={false} data={keyData} {...form.getInputProps('fallback_key')} />
        <Autocomplete label={t('agent.fallbackModel')} description={t('agent.fallbackModelHint')} data={modelsOf(form.values.fallback_key)} limit={20} maxLength={200} {...form.getInputProps('fallback_model')} />
      </Group>
      <Select label={t('agent.prompt')} allowDeselect={false} data={[{ value: '', label: t('agent.noPrompt') }, ...prompts.map(({ id, name }) => ({ value: id, label: name }))]} {...form.getInputProps('prompt')} />
      <NumberInput label={t('agent.gate')} description={t('agent.gateHint')} min={0} max={100} allowDecimal={false} suffix=" %" {...form.getInputProps('gate')} />
      <Textarea label={t('agent.persona')} description={t('agent.personaHint')} autosize minRows={1} maxRows={5} maxLength={2000} {...form.getInputProps('persona')} />
      <Group grow align="flex-start">
        <Select
          label={t('agent.language')}
          allowDeselect={false}
          data={[{ value: 'customer', label: t('agent.languageCustomer') }, { value: 'company', label: t('agent.languageCompany') }, ...LANGS.map((value) => ({ value, label: LANG_NAMES[value] }))]}
          {...form.getInputProps('language')}
        />
        <NumberInput label={t('agent.temperature')} min={0} max={2} step={0.1} decimalScale={2} {...form.getInputProps('temperature')} />
      </Group>
      <Checkbox.Group label={t('agent.tools')} description={t('agent.toolsHint')} {...form.getInputProps('tools')}>
        <Stack gap="xs" mt="xs">
          {tools.map((tool) => (
            <Checkbox key={tool.name} value={tool.name} label={t(`tool.${tool.name}`, { defaultValue: tool.name })} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Select
        label={t('agent.knowledgeReach')}
        description={t('agent.knowledgeHint')}
        allowDeselect={false}
        data={(['all', 'chosen'] as const).map((value) => ({ value, label: t(`agent.reach_${value}`) }))}
        {...form.getInputProps('knowledge_reach')}
      />
      {form.values.knowledge_reach === 'chosen' && (
        <Suspense fallback={<Skeleton height={58} />}>
          <KnowledgeChoice {...form.getInputProps('knowledge')} />
        </Suspense>
      )}
      <TagsInput label={t('agent.words')} description={t('agent.wordsHint')} maxTags={50} {...form.getInputProps('handover_words')} />
      <Select
        label={t('agent.fallback')}
        allowDeselect={false}
        data={(['dialogue', 'person'] as const).map((value) => ({ value, label: t(`agent.fallback_${value}`) }))}
        {...form.getInputProps('fallback')}
      />
      <div>
        <Text fw={500} size="sm">
          {t('agent.limits')}
        </Text>
        <Text size="xs" c="dimmed" mb={6}>
          {t('agent.limitsHint')}
        </Text>
        <Group grow align="flex-start">
          <NumberInput label={t('agent.priceIn')} min={0} allowDecimal={false} {...form.getInputProps('price_in')} />
          <NumberInput label={t('agent.priceOut')} min={0} allowDecimal={false} {...form.getInputProps('price_out')} />
        </Group>
        <Group grow align="flex-start" mt="xs">
          {LIMITS.slice(0, 2).map((name) => (
            <NumberInput key={name} label={t(`limit.${name}`)} min={0} allowDecimal={false} {...form.getInputProps(`limits.${name}`)} />
          ))}
        </Group>
        <Group grow align="flex-start" mt="xs">
          {LIMITS.slice(2).map((name) => (
            <NumberInput key={name} label={t(`limit.${name}`)} min={0} allowDecimal={false} {...form.getInputProps(`limits.${name}`)} />
          ))}
        </Group>
      </div>
    </FormDrawer>
  )
}
