/** What the gate kept back: look at it, let the gate try again, or reject it with a reason. */
import { Alert, Button, Code, Group, Modal, Stack, Table, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { QuarantineEntry, QuarantineOutcome, QuarantinePreview } from '../../../src/clinical/operate/contract.ts'
import { bytes, dateTime, time } from '../kit/format.ts'
import { ask, ServerFailure } from '../kit/server.ts'
import { Failed, Loading } from '../kit/states.tsx'

/** @param count of all that is there; the newest of them are shown */
export function Quarantine({
  entries,
  count,
}: {
  readonly entries: readonly QuarantineEntry[]
  readonly count: number
}) {
  const { t, i18n } = useTranslation()
  const [looking, setLooking] = useState<string>()
  return (
    <>
      {entries.length === 0 ? (
        <Text c="dimmed">{t('noQuarantine')}</Text>
      ) : (
        <Stack gap={2}>
          {entries.map((one) => (
            <UnstyledButton
              key={one.ref}
              onClick={() => setLooking(one.ref)}
              aria-label={`${t('look')} ${one.code} ${one.ref}`}
              data-testid={`quarantine-${one.ref}`}
            >
              <Text size="sm">
                {time(one.at, i18n.language)} · <Code>{one.code}</Code>{' '}
                {[one.path, one.project].filter(Boolean).join(' · ')}
              </Text>
            </UnstyledButton>
          ))}
          {count > entries.length && (
            <Text size="sm" c="dimmed" mt={4}>
              {t('moreQuarantined', { count: count - entries.length })} <Code>sluice quarantine list</Code>
            </Text>
          )}
        </Stack>
      )}
      <Modal
        opened={looking !== undefined}
        onClose={() => setLooking(undefined)}
        title={t('quarantined')}
        size="lg"
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        {looking && <Look key={looking} of={looking} />}
      </Modal>
    </>
  )
}

function Look({ of }: { readonly of: string }) {
  const { t } = useTranslation()
  const preview = useQuery({
    queryKey: ['quarantine', of],
    queryFn: () => ask<QuarantinePreview>(`/api/quarantine/${of}`),
    retry: false,
  })
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState<'redo' | 'reject'>()
  const [done, setDone] = useState<QuarantineOutcome>()
  const [problem, setProblem] = useState<string>()
  const act = async (verb: 'redo' | 'reject') => {
    setBusy(verb)
    setProblem(undefined)
    try {
      setDone(await ask<QuarantineOutcome>(`/api/quarantine/${of}/${verb}`, verb === 'reject' ? { reason } : {}))
    } catch (error) {
      setProblem(error instanceof ServerFailure && error.status ? `${error.message} ${error.action}` : t('unreachable'))
    } finally {
      setBusy(undefined)
    }
  }
  const gone = done?.outcome === 'archived' || done?.outcome === 'rejected'
  if (preview.isPending) return <Loading />
  if (preview.isError) return <Failed error={preview.error} onRetry={() => void preview.refetch()} />
  return (
    <Stack>
      <Facts preview={preview.data} />
      {done && (
        <Alert color={gone ? 'teal' : 'orange'} role="status">
          {t(`outcome-${done.outcome}`)} {done.code && <Code>{done.code}</Code>} {done.path}
        </Alert>
      )}
      {problem && (
        <Alert color="red" role="alert">
          {problem}
        </Alert>
      )}
      {!gone && (
        <>
          <Group justify="space-between" wrap="nowrap">
            <Text size="sm" c="dimmed">
              {t('redoHint')}
            </Text>
            <Button onClick={() => void act('redo')} loading={busy === 'redo'} style={{ flexShrink: 0 }} data-autofocus>
              {t('redo')}
            </Button>
          </Group>
          <Group
            component="form"
            align="end"
            wrap="nowrap"
            onSubmit={(event: React.FormEvent) => (event.preventDefault(), void act('reject'))}
          >
            <TextInput
              style={{ flex: 1 }}
              label={t('rejectReason')}
              description={t('rejectHint')}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              minLength={3}
              maxLength={500}
              required
            />
            <Button type="submit" color="red" variant="outline" loading={busy === 'reject'}>
              {t('reject')}
            </Button>
          </Group>
        </>
      )}
    </Stack>
  )
}

const kindOf = ({ modality, SOPClass, messageType, version, document }: QuarantinePreview): string =>
  [modality, SOPClass, messageType && `${messageType}${version ? `, v${version}` : ''}`, document]
    .filter(Boolean)
    .join(' · ')

function Facts({ preview }: { readonly preview: QuarantinePreview }) {
  const { t, i18n } = useTranslation()
  const { rows, columns, frames } = preview
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['reason', [preview.code, preview.path].filter(Boolean).join(' ')],
    ['when', dateTime(preview.at, i18n.language)],
    ['origin', preview.from === 'upload' ? t('upload') : preview.from],
    ['project', preview.project],
    ['kind', preview.readable ? kindOf(preview) : t('unreadable')],
    ['contents', preview.segments],
    ['results', preview.observations === undefined ? undefined : String(preview.observations)],
    ['encoding', preview.transferSyntax ?? preview.characterSet],
    ['pixels', rows && columns ? `${columns} × ${rows}${frames ? ` × ${frames}` : ''}` : undefined],
    ['size', bytes(preview.sizeBytes ?? 0, i18n.language)],
    ['attempts', String(preview.attempts ?? 1)],
    ['reference', preview.ref],
  ]
  return (
    <Table verticalSpacing={4} withRowBorders={false}>
      <Table.Tbody>
        {facts.map(
          ([key, value]) =>
            value && (
              <Table.Tr key={key}>
                <Table.Th w={160} c="dimmed" fw={400}>
                  {t(key)}
                </Table.Th>
                <Table.Td>{value}</Table.Td>
              </Table.Tr>
            ),
        )}
      </Table.Tbody>
    </Table>
  )
}
