/** Everybody who has a study or a laboratory record, by pseudonym. */
import { Anchor, Button, Container, Group, Table, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PeoplePage } from '../../../src/research/serve/contract.ts'
import { ask } from '../kit/server.ts'
import { Empty, Failed, Loading } from '../kit/states.tsx'
import { Unmapped } from './unmapped.tsx'

export function PeopleList({ onOpen }: { onOpen(pseudonym: string): void }) {
  const { t } = useTranslation()
  const [words, setWords] = useState('')
  const [search] = useDebouncedValue(words, 200)
  const pages = useInfiniteQuery({
    queryKey: ['people', search],
    queryFn: ({ pageParam }) => ask<PeoplePage>(`/api/people?search=${encodeURIComponent(search)}&offset=${pageParam}`),
    initialPageParam: 0,
    getNextPageParam: (last) => last.nextOffset,
    placeholderData: (before) => before,
  })
  const people = pages.data?.pages.flatMap((page) => page.people) ?? []
  return (
    <Container size="lg" py="lg" component="main">
      <Group justify="space-between" mb="md" align="end">
        <Title order={1} size="h2">
          {t('people')}{' '}
          <Text span c="dimmed" size="lg">
            {pages.data?.pages[0]?.total ?? ''}
          </Text>
        </Title>
        <TextInput
          {...{ type: 'search', w: 360, maw: '100%', placeholder: t('searchPeople'), 'aria-label': t('searchPeople') }}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      </Group>
      {pages.isPending ? (
        <Loading />
      ) : pages.isError ? (
        <Failed error={pages.error} onRetry={() => void pages.refetch()} />
      ) : people.length === 0 ? (
        <Empty title={search ? t('noPerson') : t('noStudies')} hint={search ? '' : t('noStudiesHint')} />
      ) : (
        <Table.ScrollContainer minWidth={560}>
          <Table verticalSpacing="sm" highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                {['pseudonym', 'project', 'studies', 'messages'].map((key) => (
                  <Table.Th key={key}>{t(key)}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {people.map((person) => (
                <Table.Tr key={`${person.project} ${person.pseudonym}`}>
                  <Table.Td>
                    <Anchor
                      {...{ component: 'button', fw: 600, ff: 'monospace' }}
                      onClick={() => onOpen(person.replacedBy ?? person.pseudonym)}
                    >
                      {person.pseudonym}
                    </Anchor>
                    {person.replacedBy && (
                      <Text span c="dimmed" size="sm">
                        {' '}
                        → {person.replacedBy}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td>{person.project}</Table.Td>
                  <Table.Td>{person.studies}</Table.Td>
                  <Table.Td>{person.messages}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {pages.hasNextPage && (
        <Button variant="subtle" onClick={() => void pages.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
      <Unmapped />
    </Container>
  )
}
