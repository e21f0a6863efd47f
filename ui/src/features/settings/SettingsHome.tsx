import { useMediaQuery } from '@mantine/hooks'
import { Navigate } from '@tanstack/react-router'
import { useCompanyId } from '@/lib/company'

/** Beside the list there is room for a first page; on a phone the list is the page. */
export default function SettingsHome() {
  const company = useCompanyId()
  const wide = useMediaQuery('(min-width: 48.01em)', undefined, { getInitialValueInEffect: false })
  return wide ? <Navigate to="/c/$company/settings/profile" params={{ company }} replace /> : null
}
