import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/lib/useTranslation'
import { ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section } from '@/components/SettingsPage'
import { pb } from '@/lib/pb'
import { queryClient } from '@/lib/query'
import { toast, toastError } from '@/lib/toast'
import c from '../settings/Settings.module.css'

const EMPTY = { legal_name: '', tax_id: '', address: '', email: '' }
type Billing = typeof EMPTY

/** Asked for by itself: the company as others see it has none. */
const billingOptions = (company: string) => ({
  queryKey: ['companies', company, 'billing'],
  queryFn: async () => ({ ...EMPTY, ...(await pb.collection('companies').getOne<{ billing?: Billing | null }>(company, { fields: 'billing' })).billing }),
})

/** Whom the company's invoices are for. */
export function Billing({ company }: { company: string }) {
  const { t } = useTranslation('companies')
  const billing = useQuery(billingOptions(company))
  return (
    <Section title={t('billing.title')} text={t('billing.text')}>
      {billing.error && <ErrorState error={billing.error} onRetry={() => void billing.refetch()} />}
      {billing.isPending && <ListSkeleton height={54} rows={2} />}
      {billing.data && <BillingForm company={company} billing={billing.data} />}
    </Section>
  )
}

function BillingForm({ company, billing }: { company: string; billing: Billing }) {
  const { t } = useTranslation('companies')
  const form = useForm({ initialValues: billing })
  const save = useMutation({
    mutationFn: (values: Billing) => pb.collection('companies').update<{ billing: Billing }>(company, { billing: values }, { fields: 'billing' }),
    onSuccess(saved) {
      queryClient.setQueryData(billingOptions(company).queryKey, saved.billing)
      form.setValues(saved.billing)
      form.resetDirty(saved.billing)
      toast(t('app:common.saved'))
    },
    onError: (error) => toastError(error),
  })
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack gap="sm">
        <div className={c.pair}>
          <TextInput label={t('billing.legalName')} maxLength={200} autoComplete="organization" {...form.getInputProps('legal_name')} />
          <TextInput label={t('billing.taxId')} maxLength={40} {...form.getInputProps('tax_id')} />
        </div>
        <Textarea label={t('billing.address')} maxLength={500} autosize minRows={2} maxRows={5} {...form.getInputProps('address')} />
        <TextInput label={t('billing.email')} type="email" maxLength={255} {...form.getInputProps('email')} />
        {form.isDirty() && (
          <Group>
            <Button type="submit" loading={save.isPending}>
              {t('app:common.save')}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  )
}
