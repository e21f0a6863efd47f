import { useTranslation } from 'react-i18next'
import { PageHeader } from '@/components/PageHeader'

export default function AgendasPage() {
  const { t } = useTranslation('calendar')
  return <PageHeader title={t('agendas.title')} />
}
