import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useState } from 'react'
import type { Session } from '../../../src/research/serve/contract.ts'
import { Head } from '../kit/frame.tsx'
import { ask } from '../kit/server.ts'
import { SignIn } from '../kit/sign-in.tsx'
import { Failed, Loading } from '../kit/states.tsx'
import { PeopleList } from './people-list.tsx'
import { StudyList } from './study-list.tsx'

const PersonView = lazy(() => import('./person-view.tsx').then(({ PersonView }) => ({ default: PersonView })))
const StudyView = lazy(() => import('./study-view.tsx').then(({ StudyView }) => ({ default: StudyView })))

/** the address holds the study's new UID and nothing else */
const studyOfAddress = () => /^#\/studies\/([0-9.]+)$/.exec(location.hash)?.[1]

/** whose page it is stands in the history's state: the address never says it */
const personOfHistory = () => (history.state as { person?: string } | null)?.person
const isPeople = () => location.hash === '#/people'

export function Page() {
  const queries = useQueryClient()
  const session = useQuery({
    queryKey: ['session'],
    queryFn: async () => (await ask<Session | undefined>('/api/session')) ?? null,
  })
  const [study, setStudy] = useState(studyOfAddress)
  const [people, setPeople] = useState(isPeople)
  const [person, setPerson] = useState(() => (location.hash === '#/person' ? personOfHistory() : undefined))
  const openPerson = (pseudonym: string) => {
    history.pushState({ person: pseudonym }, '', '#/person')
    setPeople(false)
    setPerson(pseudonym)
  }
  useEffect(() => {
    const follow = () => {
      setStudy(studyOfAddress())
      setPeople(isPeople())
      setPerson(location.hash === '#/person' ? personOfHistory() : undefined)
    }
    addEventListener('hashchange', follow)
    addEventListener('popstate', follow)
    return () => {
      removeEventListener('hashchange', follow)
      removeEventListener('popstate', follow)
    }
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
          <StudyView key={study} study={study} />
        </Suspense>
      ) : person ? (
        <Suspense fallback={<Loading />}>
          <PersonView pseudonym={person} />
        </Suspense>
      ) : people ? (
        <PeopleList onOpen={openPerson} />
      ) : (
        <StudyList />
      )}
    </>
  )
}
