/** All studies, newest first; what arrives shows by itself. */
import { Anchor, Badge, Table, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Live, StudyPage } from '../../../src/research/serve/contract.ts'
import { dateTime } from '../kit/format.ts'
import { SearchList, useSearchList } from '../kit/search-list.tsx'
import { Empty } from '../kit/states.tsx'

export function StudyList() {
  const { t, i18n } = useTranslation()
  const live = useLive()
  const list = useSearchList<StudyPage>('studies')
  const title = (
    <>
      {t('studies')}{' '}
      <Text span c="dimmed" size="lg" data-testid="study-count">
        {live?.studies ?? ''}
      </Text>{' '}
      <Anchor href="#/people" size="sm" fw={400}>
        {t('people')} →
      </Anchor>
    </>
  )
  return (
    <SearchList
      {...{ list, title, placeholder: t('search'), minWidth: 640 }}
      columns={['pseudonym', 'modality', 'project', 'series', 'images', 'archived']}
      empty={list.search ? <Empty title={t('noMatch')} /> : <Empty title={t('noStudies')} hint={t('noStudiesHint')} />}
      rows={(list.pages.data?.pages ?? [])
        .flatMap((page) => page.studies)
        .map((study) => (
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
    />
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
