import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { AuthLayout } from '@/components/AuthLayout'
import { COLORS } from '@/components/ColorField'
import { FormError } from '@/components/FormError'
import { fault } from '@/lib/errors'
import { guessPlace } from '@/lib/guess'
import { hoursValid, OFFICE_HOURS } from '@/lib/hours'
import { api, signedIn } from '@/lib/pb'
import { queryClient } from '@/lib/query'
import { Done } from './parts/Done'
import { AgendaStep, CompanyStep, OwnerStep, WidgetStep } from './parts/Steps'
import { setupBody, type Answer, type Draft } from './draft'
import c from './Setup.module.css'

const STEPS = ['owner', 'company', 'agenda', 'widget'] as const

/** The wizard of an empty Recado: four short questions, then everything is there. */
export default function SetupPage() {
  const { t } = useTranslation('setup')
  const state = useQuery<{ codeRequired: boolean }>({ queryKey: ['setup'], queryFn: () => api('/api/recado/setup') })
  const [step, setStep] = useState(0)
  const [draft, setDraft] = useState<Draft>(() => ({
    code: '',
    owner: { name: '', email: '', password: '' },
    company: { name: '', kind: '', kind_other: '', ...guessPlace() },
    agenda: { name: '', hours: OFFICE_HOURS, service: { name: '', duration: 30, price: '' } },
    widget: { color: COLORS[0], title: '' },
  }))
  const heading = useRef<HTMLHeadingElement>(null)

  const create = useMutation({
    mutationFn: () => api<Answer>('/api/recado/setup', { body: setupBody(draft, t('agenda.defaultName')) }),
    onSuccess(answer) {
      signedIn(answer)
      queryClient.clear()
    },
    onError(error) {
      if (fault(error).code.startsWith('setup_code')) setStep(0)
    },
  })

  function go(to: number) {
    setStep(to)
    // the new question is announced and the keyboard starts there
    requestAnimationFrame(() => heading.current?.focus())
  }

  if (create.data) return <Done answer={create.data} />

  const name = STEPS[step]!
  const last = step === STEPS.length - 1
  const set = <K extends keyof Draft>(part: K, changes: Partial<Draft[K]>) => setDraft((before) => ({ ...before, [part]: { ...(before[part] as object), ...changes } }))

  return (
    <AuthLayout width={name === 'widget' ? 760 : 520}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (name === 'agenda' && !hoursValid(draft.agenda.hours)) return
          if (last) create.mutate()
          else go(step + 1)
        }}
      >
        <Group justify="space-between" mb="xs">
          <Text size="xs" c="dimmed" fw={500}>
            {t('step', { step: step + 1, of: STEPS.length })}
          </Text>
          <div className={c.dots} aria-hidden>
            {STEPS.map((one, index) => (
              <span key={one} className={c.dot} data-on={index <= step || undefined} />
            ))}
          </div>
        </Group>
        <Title order={1} ref={heading} tabIndex={-1} className={c.title}>
          {t(`${name}.title`)}
        </Title>
        <Text c="dimmed" size="sm" mb="lg" mt={4}>
          {t(`${name}.text`)}
        </Text>
        <Stack>
          {name === 'owner' && <OwnerStep draft={draft} set={set} setCode={(code) => setDraft({ ...draft, code })} codeRequired={state.data?.codeRequired ?? false} />}
          {name === 'company' && <CompanyStep draft={draft} set={set} />}
          {name === 'agenda' && <AgendaStep draft={draft} set={set} />}
          {name === 'widget' && <WidgetStep draft={draft} set={set} />}
          <FormError error={create.error} />
          <Group justify="space-between" mt="xs">
            {step > 0 ? (
              <Button variant="default" size="sm" onClick={() => go(step - 1)} disabled={create.isPending}>
                {t('back')}
              </Button>
            ) : (
              <span />
            )}
            <Button type="submit" size="sm" loading={create.isPending}>
              {last ? t('finish') : t('next')}
            </Button>
          </Group>
        </Stack>
      </form>
    </AuthLayout>
  )
}
