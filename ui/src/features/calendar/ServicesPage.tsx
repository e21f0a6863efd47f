import { useTranslation } from 'react-i18next'
import { PageHeader } from '@/components/PageHeader'

export default function ServicesPage() {
  const { t } = useTranslation('calendar')
  return <PageHeader title={t('services.title')} />
}
