/** A message or document as it passed the gate, what a result was read from marked. */
import { SimpleGrid, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { MessageText } from '../../../src/research/serve/contract.ts'
import { dateTime } from '../kit/format.ts'
import { ask } from '../kit/server.ts'
import { Failed, Loading } from '../kit/states.tsx'
import type { Report, Result } from './person-data.ts'

export function Original({ of }: { readonly of: Result | Report }) {
  const { t, i18n } = useTranslation()
  const message = useQuery({
    queryKey: ['message', of.messageId],
    queryFn: () => ask<MessageText>(`/api/messages/${encodeURIComponent(of.messageId)}`),
  })
  if (message.isPending) return <Loading />
  if (message.isError) return <Failed error={message.error} onRetry={() => void message.refetch()} />
  const { kind, messageType, receivedAt, text } = message.data
  const lines = text.split(kind === 'cda' ? '\n' : '\r')
  const marked = kind === 'cda' ? elementLines(lines, of.id) : segmentLine(lines, of.id)
  return (
    <>
      {'stated' in of ? <Beside result={of} /> : <Text mb="md">{of.name}</Text>}
      <Text size="sm" c="dimmed" mb="xs">
        {messageType} · {dateTime(receivedAt, i18n.language)}
      </Text>
      <pre style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', fontSize: 12 }} aria-label={t('asSent')}>
        {lines.map((line, at) => {
          const isMarked = at >= marked.from && at < marked.to
          return (
            <div
              key={at}
              ref={at === marked.from ? (row) => row?.scrollIntoView({ block: 'center' }) : undefined}
              style={isMarked ? { background: 'var(--mantine-color-teal-1)', fontWeight: 600 } : {}}
            >
              {line}
            </div>
          )
        })}
      </pre>
    </>
  )
}

function Beside({ result }: { readonly result: Result }) {
  const { t } = useTranslation()
  const sides = [
    ['unified', `${result.shown} ${result.unit}`],
    ['asSent', result.stated || '—'],
  ] as const
  return (
    <SimpleGrid cols={2} mb="md">
      {sides.map(([key, value]) => (
        <div key={key}>
          <Text size="xs" c="dimmed">
            {t(key)}
          </Text>
          <Text fw={600}>{value}</Text>
        </div>
      ))}
    </SimpleGrid>
  )
}

interface Marked {
  readonly from: number
  readonly to: number
}
const NOTHING: Marked = { from: -1, to: -1 }

/** `….obx-3` is the third segment of that name */
function segmentLine(lines: readonly string[], id: string): Marked {
  const [, name = '', number = '0'] = /\.([a-z]+)-(\d+)$/.exec(id) ?? []
  if (!name) return NOTHING
  let seen = 0
  const from = lines.findIndex((line) => line.toLowerCase().startsWith(name) && ++seen === Number(number))
  return { from, to: from + 1 }
}

/** `….4377` is the element that begins at that byte of the document */
function elementLines(lines: readonly string[], id: string): Marked {
  const offset = Number(/\.(\d+)$/.exec(id)?.[1] ?? NaN)
  const encoder = new TextEncoder()
  let at = 0
  const from = lines.findIndex((line) => (at += encoder.encode(line).length + 1) > offset)
  if (from < 0) return NOTHING
  const length = lines.slice(from).findIndex((line) => /<\/(?:[\w.-]+:)?observation(?:Event)?>/.test(line))
  return { from, to: from + Math.max(1, length + 1) }
}
