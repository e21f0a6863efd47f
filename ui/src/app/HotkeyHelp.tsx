import { Group, Kbd, Modal, Stack, Text } from '@mantine/core'
import { useTranslation } from '@/lib/useTranslation'
import { hotkeyGroups, keyCaps } from '@/lib/hotkeys'

/** Every shortcut of the open screen. */
export default function HotkeyHelp({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal opened onClose={onClose} title={t('hotkeys.title')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <Stack gap="lg">
        {hotkeyGroups().map((group) => (
          <section key={group.title}>
            <Text fw={600} size="sm" mb={6} component="h3" m={0}>
              {group.title}
            </Text>
            {group.hotkeys.map((hotkey) => (
              <Group key={hotkey.keys} justify="space-between" py={4} wrap="nowrap">
                <Text size="sm">{hotkey.label}</Text>
                <Group gap={4} wrap="nowrap">
                  {keyCaps(hotkey.keys).map((cap) => (
                    <Kbd key={cap} size="xs" translate="no">
                      {cap}
                    </Kbd>
                  ))}
                </Group>
              </Group>
            ))}
          </section>
        ))}
      </Stack>
    </Modal>
  )
}
