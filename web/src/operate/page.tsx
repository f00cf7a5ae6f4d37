import { Badge } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OperateSnapshot } from '../../../src/clinical/operate/contract.ts'
import { Head } from '../kit/frame.tsx'
import { ask } from '../kit/server.ts'
import { SignIn } from '../kit/sign-in.tsx'
import { Failed, Loading } from '../kit/states.tsx'
import { Flows } from './flows.tsx'

export function Page() {
  const { t } = useTranslation()
  const session = useQuery({
    queryKey: ['session'],
    queryFn: async () => (await ask<{ name: string } | undefined>('/api/session')) ?? null,
  })
  const { snapshot, connected } = useLive(Boolean(session.data))
  const signOut = async () => {
    await ask('/api/sign-out', {})
    await session.refetch()
  }
  return (
    <>
      <Head
        zone="operator"
        signedIn={session.data?.name}
        onSignOut={() => void signOut()}
        aside={
          session.data && (
            <Badge variant="dot" color={connected ? 'teal' : 'red'}>
              {t(connected ? 'live' : 'lost')}
            </Badge>
          )
        }
      />
      {session.isPending ? (
        <Loading />
      ) : session.isError ? (
        <Failed error={session.error} onRetry={() => void session.refetch()} />
      ) : !session.data ? (
        <SignIn onDone={() => void session.refetch()} />
      ) : snapshot ? (
        <Flows snapshot={snapshot} />
      ) : (
        <Loading />
      )}
    </>
  )
}

function useLive(on: boolean): { readonly snapshot: OperateSnapshot | undefined; readonly connected: boolean } {
  const [snapshot, setSnapshot] = useState<OperateSnapshot>()
  const [connected, setConnected] = useState(false)
  useEffect(() => {
    if (!on) return
    const source = new EventSource('/api/live')
    source.onopen = () => setConnected(true)
    source.onerror = () => setConnected(false)
    source.onmessage = ({ data }: MessageEvent<string>) => setSnapshot(JSON.parse(data) as OperateSnapshot)
    return () => source.close()
  }, [on])
  return { snapshot, connected }
}
