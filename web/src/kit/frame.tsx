/** What both pages stand in: theme, languages, queries, the head of the page. */
import '@mantine/core/styles.css'
import {
  Anchor,
  createTheme,
  darken,
  defaultVariantColorsResolver,
  Group,
  MantineProvider,
  SegmentedControl,
  Text,
  type CSSVariablesResolver,
} from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { languages, speak } from './language.ts'

// shades that can be read on white: 4.5 : 1 and more (WCAG 2.1 §1.4.3)
const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 9, dark: 6 },
  variantColorResolver: (input) => {
    const colours = defaultVariantColorsResolver(input)
    const shades = input.variant === 'light' ? input.theme.colors[input.color ?? input.theme.primaryColor] : undefined
    return shades ? { ...colours, background: shades[0], color: darken(shades[9], 0.2) } : colours
  },
  defaultRadius: 'sm',
  fontFamily: 'system-ui, "Segoe UI", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "DejaVu Sans Mono", monospace',
})
const readable: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-6)',
  },
  dark: {},
})
const queries = new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 5000 } } })

export const Frame = ({ children, dark = false }: { readonly children: ReactNode; readonly dark?: boolean }) => (
  <MantineProvider theme={theme} cssVariablesResolver={readable} forceColorScheme={dark ? 'dark' : 'light'}>
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
        <Text fw={700} c="teal.9">
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
