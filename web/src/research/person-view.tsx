/** A pseudonymous person: studies and results on one time line, charts in unified units, the message as it came beside. */
import { Anchor, Badge, Container, Drawer, Group, SimpleGrid, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, Loading } from '../kit/states.tsx'
import { LabChart } from './lab-chart.tsx'
import { Original } from './original.tsx'
import { personOf, type Report, type Result, type Study } from './person-data.ts'

export function PersonView({ pseudonym }: { readonly pseudonym: string }) {
  const { t, i18n } = useTranslation()
  const [opened, setOpened] = useState<Result | Report>()
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
      ) : person.data.results.length + person.data.reports.length + person.data.studies.length === 0 ? (
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
        {opened && <Original of={opened} />}
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
  reports,
  studies,
  onOpen,
}: Awaited<ReturnType<typeof personOf>> & { onOpen(one: Result | Report): void }) {
  const { t } = useTranslation()
  const events = [
    ...studies.map((study) => ({ at: study.at ?? '', id: study.uid, study })),
    ...reports.map((report) => ({ at: report.at ?? '', id: report.id, report })),
    ...results.map((result) => ({ at: result.at ?? '', id: result.id, result })),
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
          {events.map((event) => (
            <Table.Tr key={event.id}>
              <Table.Td>{event.at.slice(0, 16).replace('T', ' ') || '—'}</Table.Td>
              {'study' in event && <StudyCells study={event.study} />}
              {'report' in event && <ReportCells report={event.report} onOpen={onOpen} />}
              {'result' in event && <ResultCells result={event.result} onOpen={onOpen} />}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function StudyCells({ study }: { readonly study: Study }) {
  const { t } = useTranslation()
  return (
    <>
      <Table.Td>
        <Anchor href={`#/studies/${study.uid}`}>{study.description || t('study')}</Anchor>{' '}
        <Badge variant="light">{study.modalities}</Badge>
      </Table.Td>
      <Table.Td colSpan={3} c="dimmed">
        {t('imageCount', { count: study.images })}
      </Table.Td>
    </>
  )
}

function ReportCells({ report, onOpen }: { readonly report: Report; onOpen(report: Report): void }) {
  const { t } = useTranslation()
  return (
    <>
      <Table.Td>{report.name || t('report')}</Table.Td>
      <Table.Td colSpan={2}>
        <Text size="sm" lineClamp={3} style={{ whiteSpace: 'pre-line' }}>
          {report.conclusion}
        </Text>
      </Table.Td>
      <Table.Td>
        <Anchor component="button" size="sm" onClick={() => onOpen(report)}>
          {t('open')}
        </Anchor>
      </Table.Td>
    </>
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
