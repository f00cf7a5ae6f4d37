/** A list that is searched while one types and grows by pages: its question, its head and what it shows of it. */
import { Button, Container, Group, Table, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ask } from './server.ts'
import { Failed, Loading } from './states.tsx'

interface Page {
  readonly nextOffset?: number | undefined
}

/** @param what the list's name at the server: `/api/WHAT?search=…&offset=…` */
export function useSearchList<P extends Page>(what: string) {
  const [words, setWords] = useState('')
  const [search] = useDebouncedValue(words, 200)
  const pages = useInfiniteQuery({
    queryKey: [what, search],
    queryFn: ({ pageParam }) => ask<P>(`/api/${what}?search=${encodeURIComponent(search)}&offset=${pageParam}`),
    initialPageParam: 0,
    getNextPageParam: (last) => last.nextOffset,
    placeholderData: (before) => before,
  })
  return { words, setWords, search, pages }
}

/** @param empty what stands there instead of rows, where there are none */
export function SearchList<P extends Page>(props: {
  readonly list: ReturnType<typeof useSearchList<P>>
  readonly title: ReactNode
  readonly placeholder: string
  readonly columns: readonly string[]
  readonly minWidth: number
  readonly empty: ReactNode
  readonly rows: readonly ReactNode[]
  readonly children?: ReactNode
}) {
  const { t } = useTranslation()
  const { words, setWords, pages } = props.list
  return (
    <Container size="lg" py="lg" component="main">
      <Group justify="space-between" mb="md" align="end">
        <Title order={1} size="h2">
          {props.title}
        </Title>
        <TextInput
          {...{ type: 'search', w: 360, maw: '100%', placeholder: props.placeholder, 'aria-label': props.placeholder }}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      </Group>
      {pages.isPending ? (
        <Loading />
      ) : pages.isError ? (
        <Failed error={pages.error} onRetry={() => void pages.refetch()} />
      ) : props.rows.length === 0 ? (
        props.empty
      ) : (
        <Table.ScrollContainer minWidth={props.minWidth}>
          <Table verticalSpacing="sm" highlightOnHover highlightOnHoverColor="gray.0">
            <Table.Thead>
              <Table.Tr>
                {props.columns.map((key) => (
                  <Table.Th key={key}>{t(key)}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>{props.rows}</Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {pages.hasNextPage && (
        <Button variant="subtle" onClick={() => void pages.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
      {props.children}
    </Container>
  )
}
