/** The states that are not the thing itself: loading, empty, failed. Each says what comes next. */
import { Button, Center, Loader, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ServerFailure } from './server.ts'

export const Loading = () => (
  <Center mih={240} role="status" aria-label="…">
    <Loader type="dots" />
  </Center>
)

export const Empty = ({ title, hint }: { readonly title: string; readonly hint?: string }) => (
  <Center mih={240}>
    <Stack gap={4} align="center">
      <Text fw={600}>{title}</Text>
      {hint && (
        <Text c="dimmed" size="sm" ta="center" maw={420}>
          {hint}
        </Text>
      )}
    </Stack>
  </Center>
)

export function Failed({ error, onRetry }: { readonly error: unknown; onRetry(): void }) {
  const { t } = useTranslation()
  const failure = error instanceof ServerFailure ? error : undefined
  return (
    <Center mih={240} role="alert">
      <Stack gap="xs" align="center">
        <Text fw={600}>{failure?.message || t('failed')}</Text>
        <Text c="dimmed" size="sm">
          {failure?.action || t('unreachable')}
        </Text>
        <Button variant="light" onClick={onRetry} style={{ pointerEvents: 'auto' }}>
          {t('retry')}
        </Button>
      </Stack>
    </Center>
  )
}
