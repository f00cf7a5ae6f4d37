/** What both pages stand in: theme, languages, queries, the head of the page. */
import '@mantine/core/styles.css'
import { Anchor, createTheme, Group, MantineProvider, SegmentedControl, Text } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { languages, speak } from './words.ts'

const theme = createTheme({
  primaryColor: 'teal',
  defaultRadius: 'sm',
  fontFamily: 'system-ui, "Segoe UI", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "DejaVu Sans Mono", monospace',
})
const queries = new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 5000 } } })

export const Frame = ({ children, dark = false }: { readonly children: ReactNode; readonly dark?: boolean }) => (
  <MantineProvider theme={theme} forceColorScheme={dark ? 'dark' : 'light'}>
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  </MantineProvider>
)

export function Head({
  zone,
  signedIn,
  onSignOut,
  aside,
}: {
  readonly zone: string
  readonly signedIn?: string | undefined
  onSignOut?(): void
  readonly aside?: ReactNode
}) {
  const { t, i18n } = useTranslation()
  return (
    <Group
      component="header"
      justify="space-between"
      px="lg"
      py="xs"
      style={{ borderBottom: '1px solid var(--mantine-color-default-border)' }}
    >
      <Group gap="xs">
        <Text fw={700} c="teal.8">
          {i18n.language === 'ru' ? 'Шлюз' : 'Sluice'}
        </Text>
        <Text c="dimmed" size="sm">
          {t(zone)}
        </Text>
        {aside}
      </Group>
      <Group gap="md">
        <SegmentedControl
          size="xs"
          aria-label="Язык / Language"
          value={i18n.language}
          onChange={speak}
          data={languages.map((value) => ({ value, label: value === 'ru' ? 'Рус' : 'Eng' }))}
        />
        {signedIn && (
          <Anchor component="button" size="sm" onClick={onSignOut}>
            {t('signOut')} · {signedIn}
          </Anchor>
        )}
      </Group>
    </Group>
  )
}
