/** Signing in, or making the first account with the one-time token of the address. */
import { Alert, Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ServerFailure } from './server.ts'
import { ask } from './server.ts'

/** read once, and taken out of the address bar at once */
const token = new URLSearchParams(location.hash.slice(1)).get('bootstrap') ?? undefined
if (token) history.replaceState(null, '', location.pathname)

export function SignIn({ onDone }: { onDone(): void }) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    try {
      await ask(token ? '/api/bootstrap' : '/api/sign-in', { name, password, ...(token ? { token } : {}) })
      onDone()
    } catch (error) {
      const failure = error as ServerFailure
      setProblem(
        failure.status === 401
          ? t(token ? 'spent' : 'wrong')
          : failure.status
            ? `${failure.message} ${failure.action}`
            : t('unreachable'),
      )
    } finally {
      setBusy(false)
    }
  }
  return (
    <Center mih="70vh" px="md">
      <Paper
        withBorder
        p="xl"
        w={380}
        component="form"
        onSubmit={(event: React.FormEvent) => (event.preventDefault(), void submit())}
      >
        <Stack>
          <Title order={1} size="h3">
            {t(token ? 'first' : 'signIn')}
          </Title>
          <Text size="sm" c="dimmed">
            {t(token ? 'firstHint' : 'signInHint')}
          </Text>
          <TextInput
            label={t('name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            autoComplete="username"
            autoFocus
            required
          />
          <PasswordInput
            label={t('password')}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete={token ? 'new-password' : 'current-password'}
            required
          />
          {problem && (
            <Alert color="red" role="alert">
              {problem}
            </Alert>
          )}
          <Button type="submit" loading={busy}>
            {t(token ? 'makeFirst' : 'signIn')}
          </Button>
        </Stack>
      </Paper>
    </Center>
  )
}
