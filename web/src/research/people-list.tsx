/** Everybody who has a study or a laboratory record, by pseudonym. */
import { Anchor, Table, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { PeoplePage } from '../../../src/research/serve/contract.ts'
import { SearchList, useSearchList } from '../kit/search-list.tsx'
import { Empty } from '../kit/states.tsx'
import { Unmapped } from './unmapped.tsx'

export function PeopleList({ onOpen }: { onOpen(pseudonym: string): void }) {
  const { t } = useTranslation()
  const list = useSearchList<PeoplePage>('people')
  const pages = list.pages.data?.pages ?? []
  const title = (
    <>
      {t('people')}{' '}
      <Text span c="dimmed" size="lg">
        {pages[0]?.total ?? ''}
      </Text>
    </>
  )
  return (
    <SearchList
      {...{ list, title, placeholder: t('searchPeople'), minWidth: 560 }}
      columns={['pseudonym', 'project', 'studies', 'messages']}
      empty={
        <Empty title={list.search ? t('noPerson') : t('noStudies')} hint={list.search ? '' : t('noStudiesHint')} />
      }
      rows={pages
        .flatMap((page) => page.people)
        .map((person) => (
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
    >
      <Unmapped />
    </SearchList>
  )
}
