import { Skeleton, Stack } from '@mantine/core'
import { useTranslation } from '@/lib/useTranslation'

/** The shape of a page while it loads. */
export function PageSkeleton() {
  const { t } = useTranslation()
  return (
    <Stack p="md" gap="sm" aria-busy="true" aria-label={t('common.loading')} role="status">
      <Skeleton h={28} w={220} />
      <Skeleton h={36} />
      <ListSkeleton rows={8} />
    </Stack>
  )
}

/** The shape of a list while it loads. */
export function ListSkeleton({ rows = 4, height = 44 }: { rows?: number; height?: number }) {
  return (
    <Stack gap="xs" aria-busy="true">
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} h={height} />
      ))}
    </Stack>
  )
}
