import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useState } from 'react'
import type { Session } from '../../../src/research/serve/contract.ts'
import { Head } from '../kit/frame.tsx'
import { ask } from '../kit/server.ts'
import { SignIn } from '../kit/sign-in.tsx'
import { Failed, Loading } from '../kit/states.tsx'
import { StudyList } from './study-list.tsx'

const StudyView = lazy(() => import('./study-view.tsx').then(({ StudyView }) => ({ default: StudyView })))

/** the address holds the study's new UID and nothing else */
const studyOfAddress = () => /^#\/studies\/([0-9.]+)$/.exec(location.hash)?.[1]

export function Page() {
  const queries = useQueryClient()
  const session = useQuery({
    queryKey: ['session'],
    queryFn: async () => (await ask<Session | undefined>('/api/session')) ?? null,
  })
  const [study, setStudy] = useState(studyOfAddress)
  useEffect(() => {
    const follow = () => setStudy(studyOfAddress())
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  const signOut = async () => {
    await ask('/api/sign-out', {})
    queries.clear()
    await session.refetch()
  }
  return (
    <>
      <Head zone="research" signedIn={session.data?.name} onSignOut={() => void signOut()} />
      {session.isPending ? (
        <Loading />
      ) : session.isError ? (
        <Failed error={session.error} onRetry={() => void session.refetch()} />
      ) : !session.data ? (
        <SignIn onDone={() => void session.refetch()} />
      ) : study ? (
        <Suspense fallback={<Loading />}>
          <StudyView study={study} />
        </Suspense>
      ) : (
        <StudyList />
      )}
    </>
  )
}
