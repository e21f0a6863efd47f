import { Stack, Text, ThemeIcon } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'

/** What a place without content says: what it is for, and what to do next (the children: one primary action). */
export function EmptyState({ icon: Mark, title, text, children }: { icon?: Icon; title: string; text?: string; children?: ReactNode }) {
  return (
    <Stack align="center" gap="xs" p="xl" maw={420} mx="auto" ta="center">
      {Mark && (
        <ThemeIcon variant="light" size={44} radius="xl" aria-hidden>
          <Mark size={22} stroke={1.6} />
        </ThemeIcon>
      )}
      <Text fw={600} size="md" component="h2" m={0}>
        {title}
      </Text>
      {text && (
        <Text size="sm" c="dimmed">
          {text}
        </Text>
      )}
      {children && <div style={{ marginTop: 8 }}>{children}</div>}
    </Stack>
  )
}
