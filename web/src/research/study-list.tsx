/** All studies, newest first; what arrives shows by itself. */
import { Anchor, Badge, Button, Container, Group, Table, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Live, StudyPage } from '../../../src/research/serve/contract.ts'
import { dateTime } from '../kit/format.ts'
import { ask } from '../kit/server.ts'
import { Empty, Failed, Loading } from '../kit/states.tsx'

export function StudyList() {
  const { t, i18n } = useTranslation()
  const [words, setWords] = useState('')
  const [search] = useDebouncedValue(words, 200)
  const live = useLive()
  const pages = useInfiniteQuery({
    queryKey: ['studies', search],
    queryFn: ({ pageParam }) => ask<StudyPage>(`/api/studies?search=${encodeURIComponent(search)}&offset=${pageParam}`),
    initialPageParam: 0,
    getNextPageParam: (last) => last.nextOffset,
    placeholderData: (before) => before,
  })
  const studies = pages.data?.pages.flatMap((page) => page.studies) ?? []
  return (
    <Container size="lg" py="lg" component="main">
      <Group justify="space-between" mb="md" align="end">
        <Title order={1} size="h2">
          {t('studies')}{' '}
          <Text span c="dimmed" size="lg" data-testid="study-count">
            {live?.studies ?? ''}
          </Text>{' '}
          <Anchor href="#/people" size="sm" fw={400}>
            {t('people')} →
          </Anchor>
        </Title>
        <TextInput
          type="search"
          w={360}
          maw="100%"
          placeholder={t('search')}
          aria-label={t('search')}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      </Group>
      {pages.isPending ? (
        <Loading />
      ) : pages.isError ? (
        <Failed error={pages.error} onRetry={() => void pages.refetch()} />
      ) : studies.length === 0 ? (
        search ? (
          <Empty title={t('noMatch')} />
        ) : (
          <Empty title={t('noStudies')} hint={t('noStudiesHint')} />
        )
      ) : (
        <Table.ScrollContainer minWidth={640}>
          <Table verticalSpacing="sm" highlightOnHover highlightOnHoverColor="gray.0">
            <Table.Thead>
              <Table.Tr>
                {['pseudonym', 'modality', 'project', 'series', 'images', 'archived'].map((key) => (
                  <Table.Th key={key}>{t(key)}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {studies.map((study) => (
                <Table.Tr
                  key={study.studyInstanceUID}
                  onClick={() => (location.hash = `/studies/${study.studyInstanceUID}`)}
                  style={{ cursor: 'pointer' }}
                >
                  <Table.Td>
                    <Anchor href={`#/studies/${study.studyInstanceUID}`} fw={600} ff="monospace">
                      {study.pseudonym}
                    </Anchor>
                  </Table.Td>
                  <Table.Td>
                    {study.modalities.map((modality) => (
                      <Badge key={modality} variant="light">
                        {modality}
                      </Badge>
                    ))}
                  </Table.Td>
                  <Table.Td>{study.project}</Table.Td>
                  <Table.Td>{study.seriesCount}</Table.Td>
                  <Table.Td>{study.instanceCount}</Table.Td>
                  <Table.Td>{dateTime(study.archivedAt, i18n.language)}</Table.Td>
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
    </Container>
  )
}

/** What the archive holds, pushed; the list asks again when it changed. */
function useLive(): Live | undefined {
  const queries = useQueryClient()
  const [live, setLive] = useState<Live>()
  useEffect(() => {
    const source = new EventSource('/api/live')
    source.onmessage = ({ data }: MessageEvent<string>) => {
      setLive(JSON.parse(data) as Live)
      void queries.invalidateQueries({ queryKey: ['studies'] })
    }
    return () => source.close()
  }, [queries])
  return live
}
