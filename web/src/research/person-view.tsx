/** A pseudonymous person: studies and results on one time line, charts in unified units, the message as it came beside. */
import { Anchor, Badge, Container, Drawer, Group, SimpleGrid, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MessageText } from '../../../src/research/serve/contract.ts'
import { dateTime } from '../kit/format.ts'
import { ask } from '../kit/server.ts'
import { Empty, Failed, Loading } from '../kit/states.tsx'
import { LabChart } from './lab-chart.tsx'
import { personOf, type Result } from './person-data.ts'

export function PersonView({ pseudonym }: { readonly pseudonym: string }) {
  const { t, i18n } = useTranslation()
  const [opened, setOpened] = useState<Result>()
  const person = useQuery({
    queryKey: ['person', pseudonym, i18n.language],
    queryFn: () => personOf(pseudonym, i18n.language),
  })
  return (
    <Container size="lg" py="lg" component="main">
      <Anchor href="#/people" size="sm">
        ← {t('people')}
      </Anchor>
      <Title order={1} size="h2" ff="monospace" mb="md">
        {pseudonym}
      </Title>
      {person.isPending ? (
        <Loading />
      ) : person.isError ? (
        <Failed error={person.error} onRetry={() => void person.refetch()} />
      ) : person.data.results.length + person.data.studies.length === 0 ? (
        <Empty title={t('noRecords')} />
      ) : (
        <>
          <Charts results={person.data.results} language={i18n.language} onOpen={setOpened} />
          <TimeLine {...person.data} onOpen={setOpened} />
        </>
      )}
      <Drawer
        opened={opened !== undefined}
        onClose={() => setOpened(undefined)}
        position="right"
        size="xl"
        title={t('asSent')}
      >
        {opened && <Original result={opened} />}
      </Drawer>
    </Container>
  )
}

function Charts({
  results,
  language,
  onOpen,
}: {
  readonly results: readonly Result[]
  readonly language: string
  onOpen(result: Result): void
}) {
  const byAnalyte = Map.groupBy(
    results.filter(({ value, at }) => value !== undefined && at),
    ({ analyte }) => analyte,
  )
  const several = [...byAnalyte.values()].filter((list) => list.length > 1)
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} mb="lg">
      {several.map((list) => (
        <LabChart key={list[0]?.analyte} results={list} language={language} onOpen={onOpen} />
      ))}
    </SimpleGrid>
  )
}

function TimeLine({
  results,
  studies,
  onOpen,
}: Awaited<ReturnType<typeof personOf>> & { onOpen(result: Result): void }) {
  const { t } = useTranslation()
  const events = [
    ...studies.map((study) => ({ at: study.at ?? '', study, result: undefined })),
    ...results.map((result) => ({ at: result.at ?? '', study: undefined, result })),
  ].sort((a, b) => (a.at < b.at ? 1 : -1))
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            {['when', 'what', 'value', 'ourRange', 'asSent'].map((key) => (
              <Table.Th key={key}>{t(key)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {events.map(({ at, study, result }) => (
            <Table.Tr key={study?.uid ?? result?.id}>
              <Table.Td>{at.slice(0, 16).replace('T', ' ') || '—'}</Table.Td>
              {study ? (
                <>
                  <Table.Td>
                    <Anchor href={`#/studies/${study.uid}`}>{study.description || t('study')}</Anchor>{' '}
                    <Badge variant="light">{study.modalities}</Badge>
                  </Table.Td>
                  <Table.Td colSpan={3} c="dimmed">
                    {study.images} {t('images').toLowerCase()}
                  </Table.Td>
                </>
              ) : (
                result && <ResultCells result={result} onOpen={onOpen} />
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function ResultCells({ result, onOpen }: { readonly result: Result; onOpen(result: Result): void }) {
  const { t, i18n } = useTranslation()
  const limit = (value: number | undefined) =>
    value?.toLocaleString(i18n.language, { maximumSignificantDigits: 4 }) ?? ''
  return (
    <>
      <Table.Td>{result.name}</Table.Td>
      <Table.Td>
        <Group gap="xs">
          <Text span size="sm" fw={result.flag && result.flag !== 'N' ? 700 : 400}>
            {result.shown} {result.unit}
          </Text>
          {(result.flag === 'H' || result.flag === 'L') && (
            <Text span c="red.8" size="sm" aria-label={t(`flag-${result.flag}`)}>
              {result.flag === 'H' ? '↑' : '↓'}
            </Text>
          )}
          {(result.status === 'ambiguous' || result.status === 'refused') && (
            <Badge variant="light" color="gray">
              {t(`unification-${result.status}`)}
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td c="dimmed">
        {result.low === undefined && result.high === undefined ? '' : `${limit(result.low)} – ${limit(result.high)}`}
      </Table.Td>
      <Table.Td>
        <Anchor component="button" size="sm" onClick={() => onOpen(result)}>
          {result.stated || '—'}
        </Anchor>
      </Table.Td>
    </>
  )
}

/** The whole message as it passed the gate, the segment of this result marked. */
function Original({ result }: { readonly result: Result }) {
  const { t, i18n } = useTranslation()
  const message = useQuery({
    queryKey: ['message', result.messageId],
    queryFn: () => ask<MessageText>(`/api/messages/${encodeURIComponent(result.messageId)}`),
  })
  if (message.isPending) return <Loading />
  if (message.isError) return <Failed error={message.error} onRetry={() => void message.refetch()} />
  const [, name = '', number = '0'] = /\.([a-z]+)-(\d+)$/.exec(result.id) ?? []
  let seen = 0
  return (
    <>
      <SimpleGrid cols={2} mb="md">
        <div>
          <Text size="xs" c="dimmed">
            {t('unified')}
          </Text>
          <Text fw={600}>
            {result.shown} {result.unit}
          </Text>
        </div>
        <div>
          <Text size="xs" c="dimmed">
            {t('asSent')}
          </Text>
          <Text fw={600}>{result.stated || '—'}</Text>
        </div>
      </SimpleGrid>
      <Text size="sm" c="dimmed" mb="xs">
        {message.data.messageType} · {dateTime(message.data.receivedAt, i18n.language)}
      </Text>
      <pre style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', fontSize: 12 }}>
        {message.data.text.split('\r').map((line, at) => {
          const isIt = line.toLowerCase().startsWith(name) && ++seen === Number(number)
          return (
            <div key={at} style={isIt ? { background: 'var(--mantine-color-teal-1)', fontWeight: 600 } : {}}>
              {line}
            </div>
          )
        })}
      </pre>
    </>
  )
}
