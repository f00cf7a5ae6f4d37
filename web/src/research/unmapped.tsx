/** Codes that no mapping table has yet, with the messages that wait: the work list of whoever keeps the tables. */
import { Code, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { UnmappedCode } from '../../../src/research/serve/contract.ts'
import { ask } from '../kit/server.ts'

export function Unmapped() {
  const { t } = useTranslation()
  const codes = useQuery({ queryKey: ['unmapped'], queryFn: () => ask<readonly UnmappedCode[]>('/api/unmapped') })
  if (!codes.data?.length) return null
  return (
    <section aria-labelledby="unmapped">
      <Title order={2} size="h4" mt="xl" id="unmapped">
        {t('unmapped')}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {t('unmappedHint')}
      </Text>
      <Table.ScrollContainer minWidth={560}>
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              {['messages', 'code', 'name', 'unit', 'device'].map((key) => (
                <Table.Th key={key}>{t(key)}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {codes.data.map(({ messages, device, system, code, text, unit }) => (
              <Table.Tr key={[device, system, code, text].join(' ')}>
                <Table.Td>{messages}</Table.Td>
                <Table.Td>
                  <Code>{[code, system].filter(Boolean).join(' · ')}</Code>
                </Table.Td>
                <Table.Td>{text}</Table.Td>
                <Table.Td>{unit}</Table.Td>
                <Table.Td>{device}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  )
}
