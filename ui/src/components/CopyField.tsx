import { Button, Group, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useId, useRef, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { copyText } from '@/lib/clipboard'
import c from './CopyField.module.css'

/** Something to be copied: a link, a key, a snippet. */
export function CopyField({ label, value, hint }: { label: string; value: string; hint?: string }) {
  const { t } = useTranslation()
  const id = useId()
  const shown = useRef<HTMLElement>(null)
  const [copied, setCopied] = useState(false)

  async function copy() {
    if (!(await copyText(value, shown.current))) return
    setCopied(true)
    setTimeout(() => setCopied(false), 2000)
  }

  return (
    <div role="group" aria-labelledby={id}>
      <Text size="sm" fw={500} id={id} mb={4}>
        {label}
      </Text>
      <Group gap="xs" wrap="nowrap" align="stretch">
        <code ref={shown} className={c.value}>
          {value}
        </code>
        <Button variant="default" h="auto" mih={34} flex="none" onClick={() => void copy()} leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}>
          <span aria-live="polite">{copied ? t('common.copied') : t('common.copy')}</span>
        </Button>
      </Group>
      {hint && (
        <Text size="xs" c="dimmed" mt={4}>
          {hint}
        </Text>
      )}
    </div>
  )
}
